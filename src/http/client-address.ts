import type { IncomingMessage } from 'node:http';
import { isInNetworks, type Network, normalAddress, presentedAddress } from '../core/ip.ts';

/** Longest chain of proxies that is followed; a longer one is no chain that an operator set up. */
const PROXIES_MAX = 32;

/**
 * Where the request came from: the socket's peer or, where that is a trusted proxy, the right-most address of
 * X-Forwarded-For that is none; the left-most one where all of them are. Null if that can't be known: the socket has no
 * address any longer, or the chain has an entry on the way that is no address. A proxy's own address never stands in
 * for a client that it could not name.
 */
export function clientAddress(request: IncomingMessage, trustedProxies: readonly Network[]): string | null {
  const peer = normalAddress(request.socket.remoteAddress ?? '');
  if (peer === null || trustedProxies.length === 0 || !isInNetworks(peer, trustedProxies)) return peer;
  // Node joins repeated headers with commas, in their order.
  const chain = request.headers['x-forwarded-for'];
  // A trusted peer that forwards for no one asks for itself.
  return typeof chain === 'string' ? originOf(chain, trustedProxies) : peer;
}

function originOf(chain: string, trustedProxies: readonly Network[]): string | null {
  let end = chain.length;
  for (let proxies = 0; proxies < PROXIES_MAX; proxies += 1) {
    const comma = chain.lastIndexOf(',', end - 1);
    const address = presentedAddress(chain.slice(comma + 1, end));
    if (address === null || comma < 0 || !isInNetworks(address, trustedProxies)) return address;
    end = comma;
  }
  return null;
}
