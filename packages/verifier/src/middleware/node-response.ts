import type { ServerResponse } from 'node:http';
import type { VerifyRefusal } from '../../../../src/http/verify/verify-refusal.ts';

/** Sends a refusal. */
export function sendRefusal(response: ServerResponse, { status, headers, body }: VerifyRefusal): void {
  // Something else has responded in the meantime, for example after a timeout.
  if (response.headersSent) return;
  // One by one, because those that other middlewares have set stay.
  for (let index = 0; index < headers.length; index += 2)
    response.setHeader(headers[index] ?? '', headers[index + 1] ?? '');
  response.statusCode = status;
  response.end(body);
}
