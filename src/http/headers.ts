import type { IncomingMessage } from 'node:http';

/** Every value of this (lower-case) header. Node.js itself joins or drops repeated headers. */
export function headerValues(request: IncomingMessage, name: string): string[] {
  const values: string[] = [];
  const raw = request.rawHeaders;
  for (let index = 0; index < raw.length; index += 2) {
    const candidate = raw[index];
    if (candidate?.length === name.length && candidate.toLowerCase() === name)
      values.push(raw[index + 1] ?? '');
  }
  return values;
}

const CONTENT_LENGTH = 'content-length';
const TRANSFER_ENCODING = 'transfer-encoding';

/** Whether headers (names and values alternating) announce a body of at least one byte. */
export function announcesBody(rawHeaders: readonly string[]): boolean {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (name.length === TRANSFER_ENCODING.length && name.toLowerCase() === TRANSFER_ENCODING) return true;
    if (name.length === CONTENT_LENGTH.length && name.toLowerCase() === CONTENT_LENGTH)
      if (Number(rawHeaders[index + 1]) !== 0) return true;
  }
  return false;
}

/**
 * Disables features that an API doesn't need: other sites can't frame a response, sniff its type, or see its URL as the
 * referrer.
 */
export const API_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** Headers of every response, names and values alternating. */
export function securityHeaders(publicUrl: string): readonly string[] {
  const headers: Record<string, string> = {
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Content-Security-Policy': API_POLICY,
    ...(publicUrl.startsWith('https:') && { 'Strict-Transport-Security': 'max-age=31536000' }),
  };
  return Object.entries(headers).flat();
}
