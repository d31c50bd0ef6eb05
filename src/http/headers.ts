import type { IncomingMessage } from 'node:http';

/** Every value that was sent under this (lower-case) name; Node itself joins or drops repeated headers. */
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

/** Whether headers (names and values in turn, as they came) say that a body of at least one byte follows. */
export function announcesBody(rawHeaders: readonly string[]): boolean {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (name.length === TRANSFER_ENCODING.length && name.toLowerCase() === TRANSFER_ENCODING) return true;
    if (name.length === CONTENT_LENGTH.length && name.toLowerCase() === CONTENT_LENGTH)
      if (Number(rawHeaders[index + 1]) !== 0) return true;
  }
  return false;
}

/** Shuts off what an API never needs: other sites can neither frame nor sniff an answer, nor learn where it came from. */
export const API_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** Headers of every response, names and values in turn. */
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
