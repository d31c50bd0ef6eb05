import type { IncomingMessage } from 'node:http';
import { type Network, parseNetwork } from '../../../../src/core/ip.ts';
import { clientAddress } from '../../../../src/http/client-address.ts';

/** Determines the client's address of a Node.js request. Throws if the text of a proxy's network is not valid. */
export function addressReader(
  trustedProxies: readonly string[] = [],
): (request: IncomingMessage) => string | null {
  const networks = trustedProxies.map(readNetwork);
  return (request) => clientAddress(request, networks);
}

function readNetwork(text: string): Network {
  const parsed = parseNetwork(text);
  if ('network' in parsed) return parsed.network;
  throw new TypeError(`trustedProxies: ${parsed.fault}`);
}
