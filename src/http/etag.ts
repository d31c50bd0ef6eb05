import { createHash } from 'node:crypto';
import { type Exchange, respond, writeHead } from './exchange.ts';

const etags = new WeakMap<Buffer, string>();

/** Sends bytes that rarely change with an ETag, or 304 if the client has them. The same buffer is hashed once. */
export function respondWithTag(
  exchange: Exchange,
  contentType: string,
  bytes: Buffer,
  headers: Readonly<Record<string, string>>,
): void {
  const { request, response } = exchange;
  const etag = etagOf(bytes);
  const all = { ...headers, ETag: etag };
  if (isKnown(request.headers['if-none-match'], etag)) {
    writeHead(exchange, 304, all);
    response.end();
  } else respond(exchange, 200, contentType, bytes, all);
}

function etagOf(bytes: Buffer): string {
  const known = etags.get(bytes);
  if (known) return known;
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`;
  etags.set(bytes, etag);
  return etag;
}

/** Whether the client already has these bytes (RFC 9110, 13.1.2). Proxies may have marked the tag as weak. */
function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}
