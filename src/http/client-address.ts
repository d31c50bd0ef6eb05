import type { IncomingMessage } from 'node:http';
import { isInNetworks, type Network, normalAddress, presentedAddress } from '../core/ip.ts';

/** Maximum number of proxies in a chain. No operator configures more. */
const PROXIES_MAX = 32;

/**
 * The client's address: the socket's peer or, if that is a trusted proxy, the right-most address in X-Forwarded-For
 * that isn't one, or the left-most if all are. Null if it is unknown: the socket is closed, or an entry that must be
 * read isn't an address. A proxy's own address never replaces that of a client.
 */
export function clientAddress(request: IncomingMessage, trustedProxies: readonly Network[]): string | null {
  const peer = normalAddress(request.socket.remoteAddress ?? '');
  if (peer === null || trustedProxies.length === 0 || !isInNetworks(peer, trustedProxies)) return peer;
  // Node joins repeated headers with commas, in their order.
  const chain = request.headers['x-forwarded-for'];
  // A trusted peer without the header is the client itself.
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
