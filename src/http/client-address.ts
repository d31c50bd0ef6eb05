import type { IncomingMessage } from 'node:http';
import { isInNetworks, type Network, normalAddress } from '../core/ip.ts';

/** An address as some proxies write it: with a port, and IPv6 then in brackets. */
const WITH_PORT = /^(?:([\d.]+)|\[([^\]]+)\])(?::\d+)?$/;

/**
 * Where the request came from: the socket's peer or, where that is a trusted proxy, the right-most address of
 * X-Forwarded-For that is none. An entry that is no address ends the search: nothing left of it can be believed.
 * Null where the socket has no address (any more).
 */
export function clientAddress(request: IncomingMessage, trustedProxies: readonly Network[]): string | null {
  let address = addressOf(request.socket.remoteAddress ?? '');
  if (address === null || trustedProxies.length === 0) return address;
  const forwarded = request.headers['x-forwarded-for'];
  // Node joins repeated headers with commas, in their order.
  const entries = typeof forwarded === 'string' ? forwarded.split(',') : [];
  while (isInNetworks(address, trustedProxies)) {
    const next = addressOf(entries.pop()?.trim() ?? '');
    if (next === null) break;
    address = next;
  }
  return address;
}

/** The address in its normal form (IPv4-mapped IPv6 as IPv4, RFC 5952 for the rest), or null where it is none. */
function addressOf(text: string): string | null {
  const plain = normalAddress(text);
  if (plain !== null) return plain;
  const [, v4, v6] = WITH_PORT.exec(text) ?? [];
  return normalAddress(v4 ?? v6 ?? text);
}
