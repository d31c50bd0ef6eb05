import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from '../core/refusal.ts';
import type { ByteLedger, Holder } from './connections/byte-ledger.ts';

/**
 * Emitted on a request when its server stops, so that a reader stops waiting for the body. An event, because a callback
 * on a longer-lived object would keep each request's garbage from being collected early.
 */
export const STOPPING = Symbol('stopping');

/** Maximum size of a request body, bytes. */
export const BODY_MAX = 1_048_576;

/** Bodies are counted while being received from this many bytes on. */
const COUNTED_MIN = 4_096;

/** Closes the connection of a request that is answered before its body has been received. */
const CLOSE = { Connection: 'close' };

/** The ledger of buffered bodies, and the client that they belong to. */
export interface BodyBuffers {
  readonly unread: ByteLedger;
  /** The client's address. Null: unknown. */
  readonly ip: string | null;
  /** Maximum size of this body, bytes. BODY_MAX if omitted. */
  readonly max?: number;
}

/**
 * Reads a body as UTF-8 text. Sends 100 (Continue) first if the client expects it (RFC 9110, 10.1.1). Rejects with a
 * Refusal: 413 if it is larger than `max`, as announced or as received; 415 if it is compressed; 400 if it isn't
 * UTF-8 or ends early; 503 if too many bytes of bodies are buffered, or the server is stopping.
 */
export function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  { unread, ip, max = BODY_MAX }: BodyBuffers,
): Promise<string> {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity')
    return Promise.reject(new Refusal(415, 'BAD_REQUEST', 'The body must not be compressed', CLOSE));
  if (Number(request.headers['content-length'] ?? 0) > max) return Promise.reject(tooLarge(max));
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
      if (size > max) drop(tooLarge(max));
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
    // `ended` comes first: every request closes, and creating an error costs more than creating a body to read.
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

function tooLarge(max: number): Refusal {
  return new Refusal(413, 'BAD_REQUEST', `The body is larger than ${max} bytes`, CLOSE);
}

function stopping(): Refusal {
  return new Refusal(503, 'UNAVAILABLE', 'The server is stopping', { 'Retry-After': '1', ...CLOSE });
}

function tooMany(): Refusal {
  const message = 'Too many request bodies are being received; try again later';
  return new Refusal(503, 'UNAVAILABLE', message, { 'Retry-After': '1', ...CLOSE });
}
