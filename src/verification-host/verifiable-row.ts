import { LRUCache } from 'lru-cache';
import type { Row } from '../../db/tables/tables.ts';
import { union } from '../access/permissions.ts';
import { type Network, storedNetwork } from '../core/ip.ts';
import type { VerifiableKey } from '../verification/services.ts';
import type { RoleRow } from '../verification/verify-cache.ts';

/** The columns of a secret and its key that verification needs. */
export interface KeyRow {
  readonly key_id: string;
  readonly secret_id: string;
  readonly organization_id: string;
  readonly environment: Row<'api_keys'>['environment'];
  readonly role_id: string | null;
  readonly grants: string;
  readonly external_id: string | null;
  readonly ip_allowlist: string;
  readonly rate_limit: number | null;
  readonly rate_window_seconds: number | null;
  readonly enabled: number;
  /** When the key or the secret expires, whichever is first. */
  readonly expires_at: number;
  readonly key_expires_at: number;
  /** 1 if the key or the secret is revoked. */
  readonly revoked: number;
  /** Joined by commas, in any order, or null. */
  readonly team_ids: string | null;
}

/** A consistent snapshot of key and role. */
export interface VerifiableRow extends KeyRow, RoleRow {
  /** Sequence of the organization's last change at the time of the read. */
  readonly sequence: number;
}

/** Represents a key without a role. */
export const NO_ROLE: RoleRow = { role_name: null, role_permissions: null };

type RateLimit = NonNullable<VerifiableKey['rateLimit']>;

/** Shared between keys: most have the same organization, permissions, allowlist and limit as many others, or none. */
const SHARED_MAX = 2_000;

const permissionLists = new LRUCache<string, readonly string[]>({ max: SHARED_MAX });
const allowlists = new LRUCache<string, readonly Network[]>({ max: SHARED_MAX });
const rateLimits = new LRUCache<number, RateLimit>({ max: SHARED_MAX });
const texts = new LRUCache<string, string>({ max: SHARED_MAX });
const NONE: readonly never[] = [];

/** Converts a row for the checks. Throws if an allowlist is not valid. */
export function verifiableKey(row: VerifiableRow): VerifiableKey {
  return keyWithRole(row, row);
}

/** The same for a key and its role that were read separately. */
export function keyWithRole(row: KeyRow, role: RoleRow): VerifiableKey {
  const { rate_limit: limit, rate_window_seconds: windowSeconds } = row;
  return {
    keyId: row.key_id,
    secretId: row.secret_id,
    organizationId: shared(row.organization_id),
    environment: row.environment === 'live' ? 'live' : 'test',
    permissions: permissionsOf(role.role_permissions ?? '[]', row.grants),
    roleName: role.role_name,
    teamIds: row.team_ids ? row.team_ids.split(',').sort() : NONE,
    externalId: row.external_id,
    allowlist: row.ip_allowlist === '[]' ? NONE : allowlistOf(row.ip_allowlist),
    rateLimit: limit === null || windowSeconds === null ? null : rateLimitOf(limit, windowSeconds),
    enabled: row.enabled === 1,
    revoked: row.revoked === 1,
    expiresAt: row.expires_at,
    keyExpiresAt: row.key_expires_at,
  };
}

/** Interns a text, so that keys with equal values share one copy. */
function shared(text: string): string {
  const known = texts.get(text);
  if (known !== undefined) return known;
  texts.set(text, text);
  return text;
}

function rateLimitOf(limit: number, windowSeconds: number): RateLimit {
  // Both are whole and bounded (10^9, 2,592,000), so this identifies the pair exactly.
  const name = windowSeconds * 1_000_000_001 + limit;
  const known = rateLimits.get(name);
  if (known) return known;
  const made = { limit, windowSeconds };
  rateLimits.set(name, made);
  return made;
}

function permissionsOf(role: string, grants: string): readonly string[] {
  const name = `${role} ${grants}`;
  const known = permissionLists.get(name);
  if (known) return known;
  const permissions = union(textsIn(role), textsIn(grants));
  permissionLists.set(name, permissions);
  return permissions;
}

function allowlistOf(json: string): readonly Network[] {
  const known = allowlists.get(json);
  if (known) return known;
  const networks = textsIn(json).map(storedNetwork);
  allowlists.set(json, networks);
  return networks;
}

function textsIn(json: string): string[] {
  return JSON.parse(json) as string[];
}
