import type { IncomingMessage } from 'node:http';
import {
  type Credential,
  explicitCredentials,
  headerValue,
  requireSingleCredential,
} from '../auth/credentials.ts';
import { originOf } from '../auth/session-cookie.ts';

/**
 * The single explicit credential of a WebSocket: in the payload of `connection_init` (`authorization`, `x-api-key`), or
 * in the headers of the handshake. Null without one. Throws a Refusal if they differ or are invalid.
 */
export function readSocketCredential(request: IncomingMessage, payload: unknown): Credential | null {
  const valuesOf = (name: string) => [...payloadValues(payload, name), ...headerValue(request, name)];
  return requireSingleCredential(explicitCredentials(valuesOf('authorization'), valuesOf('x-api-key')));
}

/**
 * Whether the handshake's cookies count: only for pages of this server. Browsers set Origin, and pages can't change it
 * (RFC 6455, 10.2).
 */
export function isFromOwnOrigin({ headers }: IncomingMessage, publicUrl: string): boolean {
  return headers.origin === originOf(publicUrl);
}

/** The texts under a (lower-case) name in the payload of `connection_init`, case-insensitive. */
function payloadValues(payload: unknown, name: string): string[] {
  return Object.entries(payload ?? {}).flatMap(([key, value]) =>
    typeof value === 'string' && key.toLowerCase() === name ? [value] : [],
  );
}
