import type { IncomingMessage } from 'node:http';
import {
  agree,
  apiKeyCredential,
  bearerCredential,
  type Credential,
  headerCredentials,
} from '../credentials.ts';
import { originOf } from '../session-cookie.ts';

/**
 * The one explicit credential of a WebSocket: in the payload of `connection_init` (`authorization`, `x-api-key`), or in the
 * handshake's headers. Null where there is none. Throws a Refusal where they disagree or can't be one.
 */
export function readSocketCredential(request: IncomingMessage, payload: unknown): Credential | null {
  return agree([...payloadCredentials(payload), ...headerCredentials(request)]);
}

/**
 * Whether the handshake's cookies count: only from a page of this server. A browser says where a page comes from, and lets
 * no page say otherwise (RFC 6455, 10.2).
 */
export function isFromOwnOrigin({ headers }: IncomingMessage, publicUrl: string): boolean {
  return headers.origin === originOf(publicUrl);
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
