import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from '../core/refusal.ts';
import type { ByteLedger, Holder } from './connections/byte-ledger.ts';

/**
 * Event of a request whose server stops: a reader that waits for its body gives up. An event, since a callback kept on a
 * longer-lived object keeps the garbage of each request from being collected while it is young.
 */
export const STOPPING = Symbol('stopping');

/** Maximum size of a request body, bytes. */
export const BODY_MAX = 1_048_576;

/** From so many bytes on, a body that is being received is counted. */
const COUNTED_MIN = 4_096;

/** Closes the connection of a request that is answered before its body has arrived. */
const CLOSE = { Connection: 'close' };

/** Where bodies are kept in memory, and whose they are. */
export interface BodyBuffers {
  readonly unread: ByteLedger;
  /** The client's address; null: not known. */
  readonly ip: string | null;
}

/**
 * Reads a body as UTF-8 text, and asks for it first where the client waits for that (RFC 9110, 10.1.1). Rejects with a
 * Refusal: 413 past BODY_MAX, by the length announced or by the bytes that came; 415 for one that is compressed; 400 for
 * what is no UTF-8, or ends early; 503 where too many bytes of bodies are held, or the server stops.
 */
export function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  { unread, ip }: BodyBuffers,
): Promise<string> {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity')
    return Promise.reject(new Refusal(415, 'BAD_REQUEST', 'The body must not be compressed', CLOSE));
  if (Number(request.headers['content-length'] ?? 0) > BODY_MAX) return Promise.reject(tooLarge());
  if (request.headers.expect !== undefined && request.httpVersion === '1.1') response.writeContinue();
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let size = 0;
    let ended = false;
    const drop = (refusal: Refusal): void => {
      ended = true;
      chunks = [];
      reject(refusal);
    };
    const holder: Holder = { ip, measure: () => (ended ? 0 : size), cut: () => drop(tooMany()) };
    request.on('data', (chunk: Buffer) => {
      if (ended) return;
      size += chunk.length;
      if (size > BODY_MAX) drop(tooLarge());
      else chunks.push(chunk);
      if (size > COUNTED_MIN) unread.note(holder);
    });
    request.on('end', () => {
      if (ended) return;
      ended = true;
      unread.release(holder);
      const body = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
      if (isUtf8(body)) resolve(body.toString('utf8'));
      else reject(new Refusal(400, 'BAD_REQUEST', 'The body is not UTF-8'));
    });
    // `ended` comes first: every request closes, and an error costs more to create than a body to read.
    const giveUp = (reason: () => Refusal) => () => {
      if (ended) return;
      drop(reason());
      unread.release(holder);
    };
    request.on('error', giveUp(early));
    request.on('close', giveUp(early));
    request.on(STOPPING, giveUp(stopping));
  });
}

function early(): Refusal {
  return new Refusal(400, 'BAD_REQUEST', 'The request ended before its body was complete');
}

function tooLarge(): Refusal {
  return new Refusal(413, 'BAD_REQUEST', `The body is larger than ${BODY_MAX} bytes`, CLOSE);
}

function stopping(): Refusal {
  return new Refusal(503, 'UNAVAILABLE', 'The server is stopping', { 'Retry-After': '1', ...CLOSE });
}

function tooMany(): Refusal {
  const message = 'Too many request bodies are being received; try again later';
  return new Refusal(503, 'UNAVAILABLE', message, { 'Retry-After': '1', ...CLOSE });
}
