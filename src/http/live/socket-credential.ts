import type { IncomingMessage } from 'node:http';
import {
  agree,
  apiKeyCredential,
  bearerCredential,
  type Credential,
  cookieCredentials,
  headerCredentials,
} from '../credentials.ts';

/**
 * The one credential of a WebSocket: in the payload of `connection_init` (`authorization`, `x-api-key`), else in the
 * handshake's headers or cookie. Null where there is none. Throws a Refusal where they disagree or can't be one.
 */
export function readSocketCredential(request: IncomingMessage, payload: unknown): Credential | null {
  return agree([
    ...payloadCredentials(payload),
    ...headerCredentials(request),
    ...cookieCredentials(request),
  ]);
}

/**
 * Whether a handshake may have been made by a page of another site: one with a cookie must come from a page of this
 * server. A browser says where it comes from, and lets no page say otherwise (RFC 6455, 10.2).
 */
export function isCrossSite(request: IncomingMessage, publicUrl: string): boolean {
  return cookieCredentials(request).length > 0 && request.headers.origin !== publicUrl;
}

function payloadCredentials(payload: unknown): Credential[] {
  const credentials: Credential[] = [];
  for (const [name, value] of Object.entries(payload ?? {})) {
    if (typeof value !== 'string') continue;
    if (name.toLowerCase() === 'authorization') credentials.push(bearerCredential(value));
    if (name.toLowerCase() === 'x-api-key') credentials.push(apiKeyCredential(value));
  }
  return credentials;
}
