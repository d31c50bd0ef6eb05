import type { IncomingMessage } from 'node:http';

/** Whether a request is a CORS preflight, which browsers send without a key. */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && Boolean(headers.origin) && Boolean(headers['access-control-request-method']);
}
