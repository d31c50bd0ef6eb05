import type { IncomingMessage } from 'node:http';
import type { VerifyRefusal } from '../../../../src/http/verify/verify-refusal.ts';

/** The headers of a refusal as a list of pairs. */
export function headerPairs({ headers }: VerifyRefusal): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index < headers.length; index += 2)
    pairs.push([headers[index] ?? '', headers[index + 1] ?? '']);
  return pairs;
}

/** Names and values of a request's headers alternating: those that Node.js received, if it runs on Node.js. */
export function rawHeadersOf(headers: Headers, incoming: IncomingMessage | undefined): readonly string[] {
  return incoming?.rawHeaders ?? [...headers].flat();
}

/** Whether a request is a CORS preflight, which browsers send without a key. */
export function isFetchPreflight({ method, headers }: Request): boolean {
  return method === 'OPTIONS' && headers.has('origin') && headers.has('access-control-request-method');
}
