import { NEVER } from '../../db/tables/tables.ts';
import { creationTimeOf } from '../core/ids.ts';
import type { VerifiableKey } from '../verification/services.ts';

/** Response to an introspection request (RFC 7662, 2.2). Times are seconds since the epoch. */
export type Introspection = { readonly active: false } | ActiveKey;

/** An accepted key. The members after `exp` are Keywright's own, and always present. */
export interface ActiveKey {
  readonly active: true;
  readonly token_type: 'Bearer';
  /** The key's permissions, separated by spaces. Omitted if it has none. */
  readonly scope?: string;
  /** ID of the key. */
  readonly client_id: string;
  /** ID of the key as well: the client acts for itself. External IDs are not unique, and chosen by the key's creator. */
  readonly sub: string;
  /** When the secret was created. */
  readonly iat: number;
  /** When the secret or the key expires, rounded down. Omitted if neither does. */
  readonly exp?: number;
  readonly organization_id: string;
  readonly environment: 'live' | 'test';
  readonly role: string | null;
  readonly teams: readonly string[];
  readonly external_id: string | null;
}

/** The response for a key, or for one that isn't accepted (null). */
export function introspection(key: VerifiableKey | null): Introspection {
  if (!key) return { active: false };
  const { keyId, permissions, expiresAt } = key;
  return {
    active: true,
    token_type: 'Bearer',
    ...(permissions.length > 0 && { scope: permissions.join(' ') }),
    client_id: keyId,
    sub: keyId,
    iat: seconds(creationTimeOf(key.secretId)),
    ...(expiresAt !== NEVER && { exp: seconds(expiresAt) }),
    organization_id: key.organizationId,
    environment: key.environment,
    role: key.roleName,
    teams: key.teamIds,
    external_id: key.externalId,
  };
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
