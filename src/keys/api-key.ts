import { expressionBuilder, type Kysely } from 'kysely';
import { NEVER, NOT_YET, type Row, type Tables } from '../../db/tables/tables.ts';
import { isInScope, isTeamInScope, type KeyScope, keyScopeOf, type Scoped } from '../access/key-scope.ts';
import { foldName } from '../core/input.ts';
import type { RotationPolicy } from '../organizations/organization.ts';
import { loadTeams, type Team } from '../teams/team.ts';
import type { KeysContext } from './pending-usage.ts';
import type { Environment } from './secret.ts';

export {
  type ApiKeySecret,
  loadSecrets,
  loadSecretsOfKeys,
  type SecretStatus,
  secretStatusOf,
} from './api-key-secret.ts';

/** Rate limit of a key: `limit` accepted verifications per window. */
export interface RateLimit {
  readonly limit: number;
  readonly windowSeconds: number;
}

/** The identity and policy of a key. Times are milliseconds since the epoch. */
export interface ApiKey {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly description: string | null;
  readonly environment: Environment;
  /** Display form of the newest secret. Empty if it was imported without one. */
  readonly start: string;
  readonly roleId: string | null;
  /** Permissions granted in addition to the role's. */
  readonly grants: readonly string[];
  /** Networks in normal form. Empty: any address. */
  readonly ipAllowlist: readonly string[];
  readonly rateLimit: RateLimit | null;
  /** Null: not imported. */
  readonly foreignId: string | null;
  readonly externalId: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly enabled: boolean;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly updatedAt: number;
  /** When the newest secret was created. */
  readonly rotatedAt: number;
  /** Null: it doesn't expire. */
  readonly expiresAt: number | null;
  /** Null: not used yet. */
  readonly lastUsedAt: number | null;
  readonly lastUsedIp: string | null;
  readonly revokedAt: number | null;
  readonly revokedBy: string | null;
  readonly revocationReason: string | null;
}

/** Status of a key, as in verification. */
export type ApiKeyStatus = 'ACTIVE' | 'DISABLED' | 'EXPIRED' | 'REVOKED';

/** A key's status at a time: revoked before disabled before expired, in the order of verification. */
export function statusOf(
  key: Pick<ApiKey, 'revokedAt' | 'enabled' | 'expiresAt'>,
  now: number,
): ApiKeyStatus {
  if (key.revokedAt !== null) return 'REVOKED';
  if (!key.enabled) return 'DISABLED';
  return key.expiresAt !== null && key.expiresAt <= now ? 'EXPIRED' : 'ACTIVE';
}

export const DAY_MS = 86_400_000;

/** When the key is due for rotation. Null for a revoked key, and without a rotation policy. */
export function rotationDueAt(
  key: Pick<ApiKey, 'revokedAt' | 'environment' | 'rotatedAt'>,
  policy: RotationPolicy,
): number | null {
  const days = key.environment === 'live' ? policy.liveDays : policy.testDays;
  return key.revokedAt !== null || days === null ? null : key.rotatedAt + days * DAY_MS;
}

/**
 * The columns that each property of a key requires. In addition, every query selects the ids of the key and its
 * organization.
 */
const COLUMNS = {
  id: [],
  organizationId: [],
  name: ['api_keys.name'],
  description: ['api_keys.description'],
  environment: ['api_keys.environment'],
  start: ['api_keys.start'],
  roleId: [],
  grants: ['api_keys.grants'],
  ipAllowlist: ['api_keys.ip_allowlist'],
  rateLimit: ['api_keys.rate_limit', 'api_keys.rate_window_seconds'],
  foreignId: ['api_keys.foreign_id'],
  externalId: ['api_keys.external_id'],
  metadata: ['api_keys.metadata'],
  enabled: ['api_keys.enabled'],
  createdAt: ['api_keys.created_at'],
  createdBy: ['api_keys.created_by'],
  updatedAt: ['api_keys.updated_at'],
  rotatedAt: ['api_keys.rotated_at'],
  expiresAt: ['api_keys.expires_at'],
  lastUsedAt: [],
  lastUsedIp: [],
  revokedAt: ['api_keys.revoked_at'],
  revokedBy: ['api_keys.revoked_by'],
  revocationReason: ['api_keys.revocation_reason'],
} as const satisfies Readonly<Record<keyof ApiKey, readonly `api_keys.${string}`[]>>;

const PROPERTIES = Object.keys(COLUMNS) as (keyof ApiKey)[];

type ApiKeyRow = Omit<Row<'api_keys'>, 'name_key' | 'search_text' | 'expiry_recorded_at'> & {
  last_used_at: number | null;
  last_used_ip: string | null;
};

/**
 * Keys in scope with their last use: all columns that `toApiKey` needs, or only those of some properties. Reading a
 * row's columns costs more than finding the row.
 */
export function selectApiKeys(db: Kysely<Tables>, scope: KeyScope, properties?: readonly (keyof ApiKey)[]) {
  return addColumns(keysInScope(db, scope), properties);
}

/** Adds the columns that `toApiKey` needs to a query of keys. */
export function addColumns(
  keys: ReturnType<typeof keysInScope>,
  properties: readonly (keyof ApiKey)[] = PROPERTIES,
) {
  return keys
    .select(['api_keys.id', 'api_keys.organization_id'])
    .select(properties.flatMap((property) => COLUMNS[property]))
    .select(properties.includes('roleId') ? [CURRENT_ROLE_ID] : [])
    .select(() => {
      // The times of two uses decide which one an address belongs to.
      if (properties.includes('lastUsedIp')) return [LAST_USED_AT, LAST_USED_IP];
      return properties.includes('lastUsedAt') ? [LAST_USED_AT] : [];
    });
}

const eb = expressionBuilder<Tables, 'api_keys'>();

/** The role of a key. Null if the role was deleted, which only a revoked key can have. */
const CURRENT_ROLE_ID = eb
  .case()
  .when('api_keys.revoked_at', 'is', null)
  .then(eb.ref('api_keys.role_id'))
  .else(
    eb
      .selectFrom('current_roles')
      .select('current_roles.id')
      .whereRef('current_roles.id', '=', 'api_keys.role_id'),
  )
  .end()
  .as('role_id');

// A subquery instead of a join: evaluated only for the rows of a page, whatever the planner knows about the tables.
const USAGE = eb.selectFrom('api_key_usage').whereRef('api_key_usage.api_key_id', '=', 'api_keys.id');
const LAST_USED_AT = USAGE.select('last_used_at').as('last_used_at');
const LAST_USED_IP = USAGE.select('last_used_ip').as('last_used_ip');

/** All keys in scope. Every read of keys on behalf of a caller starts here, except for lists (`plan-key-list.ts`). */
export function keysInScope(db: Kysely<Tables>, scope: KeyScope) {
  const keys = db.selectFrom('api_keys');
  return scope ? keys.where(isInScope(scope, 'api_keys.id')) : keys;
}

/** Maps a row to a key, with its last use, written or not. Properties that were not selected are meaningless. */
export function toApiKey(row: ApiKeyRow, usage: KeysContext['usage']): ApiKey {
  const lastUse = lastUseOf(row, usage);
  const { rate_limit: limit, rate_window_seconds: windowSeconds } = row;
  return {
    id: row.id,
    organizationId: row.organization_id,
    name: row.name,
    description: row.description,
    environment: row.environment,
    start: row.start,
    roleId: row.role_id,
    grants: parsed<string[]>(row.grants),
    ipAllowlist: parsed<string[]>(row.ip_allowlist),
    rateLimit: limit && windowSeconds ? { limit, windowSeconds } : null,
    foreignId: row.foreign_id,
    externalId: row.external_id,
    metadata: parsed<Record<string, unknown>>(row.metadata),
    enabled: row.enabled === 1,
    createdAt: row.created_at,
    createdBy: row.created_by,
    updatedAt: row.updated_at,
    rotatedAt: row.rotated_at,
    expiresAt: row.expires_at === NEVER ? null : row.expires_at,
    lastUsedAt: lastUse.at === NOT_YET ? null : lastUse.at,
    lastUsedIp: lastUse.ip,
    revokedAt: row.revoked_at,
    revokedBy: row.revoked_by,
    revocationReason: row.revocation_reason,
  };
}

function lastUseOf(row: ApiKeyRow, usage: KeysContext['usage']): { at: number; ip: string | null } {
  const pending = usage.pendingKey(row.id);
  const written = { at: row.last_used_at ?? NOT_YET, ip: row.last_used_ip };
  return pending && pending.at >= written.at ? pending : written;
}

function parsed<T>(json: string | undefined): T {
  return (json === undefined ? undefined : JSON.parse(json)) as T;
}

/** The keys with these ids that are visible to the caller, in any order. Pass the transaction if there is one. */
export async function loadApiKeys(
  ctx: Pick<KeysContext, 'db' | 'usage'> & Scoped,
  ids: readonly string[],
  db: Kysely<Tables> = ctx.db,
): Promise<ApiKey[]> {
  if (ids.length === 0) return [];
  const rows = await selectApiKeys(db, keyScopeOf(ctx)).where('api_keys.id', 'in', ids).execute();
  return rows.map((row) => toApiKey(row, ctx.usage));
}

/**
 * The teams that each of the keys is bound to, if they are visible to the caller, by name. A key without teams has no
 * entry.
 */
export async function loadTeamsOfKeys(
  ctx: Pick<KeysContext, 'db'> & Scoped,
  keyIds: readonly string[],
): Promise<Map<string, Team[]>> {
  if (keyIds.length === 0) return new Map();
  const { db } = ctx;
  const scope = keyScopeOf(ctx);
  const all = await db
    .selectFrom('api_key_teams')
    .select(['api_key_id', 'team_id'])
    .where('api_key_id', 'in', keyIds)
    .execute();
  const bonds = all.filter((bond) => isTeamInScope(scope, bond.team_id));
  const teams = await loadTeams(db, [...new Set(bonds.map((bond) => bond.team_id))]);
  teams.sort((a, b) => (foldName(a.name) < foldName(b.name) ? -1 : 1));
  const bound = new Set(bonds.map((bond) => `${bond.api_key_id} ${bond.team_id}`));
  const byKey = keyIds.map(
    (keyId) => [keyId, teams.filter((team) => bound.has(`${keyId} ${team.id}`))] as const,
  );
  return new Map(byKey.filter(([, own]) => own.length > 0));
}
