import type { Kysely } from 'kysely';
import { NEVER, NOT_YET, type Row, type Tables } from '../../db/tables/tables.ts';
import { isInScope, type KeyScope, keyScopeOf, type Scoped } from '../access/key-scope.ts';
import { knownSecrets } from './known-secrets.ts';
import type { KeysContext } from './pending-usage.ts';

/** A credential of a key, without the secret itself. Times are milliseconds since the epoch. */
export interface ApiKeySecret {
  readonly id: string;
  readonly apiKeyId: string;
  readonly organizationId: string;
  /** Display form. */
  readonly start: string;
  readonly createdAt: number;
  /** When a newer secret replaced it. Null for the newest. */
  readonly replacedAt: number | null;
  /** End of its overlap after a rotation. Null for the newest. */
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  /** When its key expires. Null: never. */
  readonly keyExpiresAt: number | null;
  /** Null: not used yet. */
  readonly lastUsedAt: number | null;
  /** Accepted verifications so far. */
  readonly uses: number;
}

/** Whether a secret is accepted. RETIRING: accepted, but replaced by a newer one. */
export type SecretStatus = 'ACTIVE' | 'RETIRING' | 'EXPIRED' | 'REVOKED';

/** Status of a secret at a time, regardless of whether its key is disabled. */
export function secretStatusOf(
  secret: Pick<ApiKeySecret, 'revokedAt' | 'expiresAt' | 'keyExpiresAt' | 'replacedAt'>,
  now: number,
): SecretStatus {
  if (secret.revokedAt !== null) return 'REVOKED';
  if (Math.min(secret.expiresAt ?? NEVER, secret.keyExpiresAt ?? NEVER) <= now) return 'EXPIRED';
  return secret.replacedAt === null ? 'ACTIVE' : 'RETIRING';
}

const COLUMNS = [
  'api_key_secrets.id',
  'api_key_secrets.api_key_id',
  'api_key_secrets.start',
  'api_key_secrets.created_at',
  'api_key_secrets.replaced_at',
  'api_key_secrets.expires_at',
  'api_key_secrets.revoked_at',
  'api_keys.organization_id',
  'api_keys.expires_at as key_expires_at',
  'api_key_secret_usage.last_used_at',
  'api_key_secret_usage.uses',
] as const;

type SecretRow = Omit<Row<'api_key_secrets'>, 'candidate_organization_id' | 'hash' | 'expiry_recorded_at'> &
  Pick<Row<'api_key_secret_usage'>, 'last_used_at' | 'uses'> & {
    organization_id: string;
    key_expires_at: number;
  };

/**
 * The secrets with these ids whose keys are visible to the caller, in any order. Pass the transaction if there is one.
 */
export async function loadSecrets(
  ctx: Pick<KeysContext, 'db' | 'usage'> & Scoped,
  ids: readonly string[],
  db: Kysely<Tables> = ctx.db,
): Promise<ApiKeySecret[]> {
  if (ids.length === 0) return [];
  const rows = await selectSecrets(db, keyScopeOf(ctx)).where('api_key_secrets.id', 'in', ids).execute();
  return rows.map((row) => toSecret(row, ctx.usage));
}

/**
 * The secrets of each of the keys, newest first: all that are accepted, and the newest 100 that have expired or been
 * revoked.
 */
export async function loadSecretsOfKeys(
  ctx: Pick<KeysContext, 'db' | 'usage' | 'clock'> & Scoped,
  keyIds: readonly string[],
): Promise<Map<string, ApiKeySecret[]>> {
  if (keyIds.length === 0) return new Map();
  const known = knownSecrets(keyIds, ctx.clock.now());
  const query = selectSecrets(ctx.db, keyScopeOf(ctx)).where('api_key_secrets.id', 'in', known);
  const rows = await query.execute();
  rows.sort(newestFirst);
  const byKey = new Map(keyIds.map((keyId) => [keyId, [] as ApiKeySecret[]]));
  for (const row of rows) byKey.get(row.api_key_id)?.push(toSecret(row, ctx.usage));
  return byKey;
}

function newestFirst(a: SecretRow, b: SecretRow): number {
  // Ids are in order of creation, too, which orders two secrets of the same millisecond.
  return b.created_at - a.created_at || (a.id < b.id ? 1 : -1);
}

function selectSecrets(db: Kysely<Tables>, scope: KeyScope) {
  const secrets = db
    .selectFrom('api_key_secrets')
    .innerJoin('api_keys', 'api_keys.id', 'api_key_secrets.api_key_id')
    .innerJoin('api_key_secret_usage', 'api_key_secret_usage.secret_id', 'api_key_secrets.id')
    .select(COLUMNS);
  return scope ? secrets.where(isInScope(scope, 'api_keys.id')) : secrets;
}

function toSecret(row: SecretRow, usage: KeysContext['usage']): ApiKeySecret {
  const pending = usage.pendingSecret(row.api_key_id, row.id, row.last_used_at);
  const lastUsedAt = Math.max(row.last_used_at, pending?.at ?? NOT_YET);
  return {
    id: row.id,
    apiKeyId: row.api_key_id,
    organizationId: row.organization_id,
    start: row.start,
    createdAt: row.created_at,
    replacedAt: row.replaced_at,
    expiresAt: row.expires_at === NEVER ? null : row.expires_at,
    revokedAt: row.revoked_at,
    keyExpiresAt: row.key_expires_at === NEVER ? null : row.key_expires_at,
    lastUsedAt: lastUsedAt === NOT_YET ? null : lastUsedAt,
    uses: row.uses + (pending?.uses ?? 0),
  };
}
