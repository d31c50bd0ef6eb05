import { type Network, storedNetwork } from '../../../../src/core/ip.ts';
import type { VerifiableKey } from '../../../../src/verification/services.ts';
import type { KeyRecord } from '../stream/answers.ts';
import type { VerifiedApiKey } from '../types.ts';

/** A key in the form in which the core checks it, with that in which applications see it. */
export interface EmbeddedKey extends VerifiableKey {
  /** SHA-256 hash of the secret by which it was found. */
  readonly hash: string;
  readonly view: VerifiedApiKey;
}

/** Later than every time, so that comparisons need no special case. */
const NEVER = Number.MAX_SAFE_INTEGER;

/** Equal lists of keys are stored once: most keys of an application have the same permissions as many others. */
const SHARED_MAX = 2_000;
const shared = new Map<string, readonly string[]>();
const NONE: readonly never[] = Object.freeze([]);

/** Converts what the server sent. Throws if an allowlist is not valid: no decision may be made without it. */
export function embeddedKey(hash: string, record: KeyRecord): EmbeddedKey {
  const { id, organizationId, externalId, environment, roleName, rateLimit, expiresAt } = record;
  const permissions = share(record.permissions);
  const teamIds = share(record.teamIds);
  const keyExpiresAt = record.apiKeyExpiresAt ?? NEVER;
  return {
    hash,
    keyId: id,
    secretId: record.secretId,
    organizationId,
    environment: environment === 'LIVE' ? 'live' : 'test',
    permissions,
    roleName,
    teamIds,
    externalId,
    allowlist: networks(record.ipAllowlist),
    rateLimit,
    enabled: record.enabled,
    revoked: record.revoked,
    expiresAt: expiresAt ?? NEVER,
    keyExpiresAt,
    // Shared by the verdicts of all verifications, so nobody may change it.
    view: Object.freeze({
      id,
      organizationId,
      externalId,
      environment,
      permissions,
      roleName,
      teamIds,
      rateLimit: rateLimit && Object.freeze(rateLimit),
      expiresAt: record.apiKeyExpiresAt,
    }),
  };
}

function share(texts: readonly string[]): readonly string[] {
  if (texts.length === 0) return NONE;
  const name = JSON.stringify(texts);
  const known = shared.get(name);
  if (known) return known;
  if (shared.size >= SHARED_MAX) shared.clear();
  const frozen = Object.freeze([...texts]);
  shared.set(name, frozen);
  return frozen;
}

function networks(texts: readonly string[]): readonly Network[] {
  return texts.length === 0 ? NONE : texts.map(storedNetwork);
}
