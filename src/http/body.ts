import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.ts';

/** Largest request body, bytes. */
export const BODY_MAX = 1_048_576;

/**
 * Reads a body as UTF-8 text. Rejects with a Refusal: 413 past BODY_MAX, by the length announced or by the bytes that
 * came; 415 for one that is compressed; 400 for what is no UTF-8, or ends early.
 */
export function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding.toLowerCase() !== 'identity')
      return reject(new Refusal(415, 'BAD_REQUEST', 'The body must not be compressed'));
    if (Number(request.headers['content-length'] ?? 0) > BODY_MAX) return reject(tooLarge());
    const chunks: Buffer[] = [];
    let size = 0;
    let ended = false;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= BODY_MAX) chunks.push(chunk);
      else {
        chunks.length = 0;
        reject(tooLarge());
      }
    });
    request.on('end', () => {
      ended = true;
      const body = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
      if (isUtf8(body)) resolve(body.toString('utf8'));
      else reject(new Refusal(400, 'BAD_REQUEST', 'The body is not UTF-8'));
    });
    // Asked first: every request closes, and making an error takes longer than reading one.
    const early = () => {
      if (!ended) reject(new Refusal(400, 'BAD_REQUEST', 'The request ended early'));
    };
    request.on('error', early);
    request.on('close', early);
  });
}

function tooLarge(): Refusal {
  return new Refusal(413, 'BAD_REQUEST', `The body is larger than ${BODY_MAX} bytes`);
}
