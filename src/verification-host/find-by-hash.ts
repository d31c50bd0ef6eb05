import { type CompiledQuery, type Kysely, sql } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { positionOf } from '../changes/read-changes.ts';
import type { VerifiableKey } from '../verification/services.ts';
import { type KeyRow, type VerifiableRow, verifiableKey } from './verifiable-row.ts';

const COLUMNS = [
  'api_keys.id as key_id',
  'api_key_secrets.id as secret_id',
  'api_keys.organization_id',
  'api_keys.environment',
  'api_keys.role_id',
  'api_keys.grants',
  'api_keys.external_id',
  'api_keys.ip_allowlist',
  'api_keys.rate_limit',
  'api_keys.rate_window_seconds',
  'api_keys.enabled',
  'api_keys.expires_at as key_expires_at',
] as const;

/** For key and secret together, in few columns: each column has a cost. */
const TOGETHER = [
  sql<number>`case when api_keys.expires_at < api_key_secrets.expires_at
    then api_keys.expires_at else api_key_secrets.expires_at end`.as('expires_at'),
  sql<number>`case when api_keys.revoked_at is not null or api_key_secrets.revoked_at is not null
    then 1 else 0 end`.as('revoked'),
  sql<string | null>`(select string_agg(team_id, ',') from api_key_teams
    where api_key_teams.api_key_id = api_keys.id)`.as('team_ids'),
] as const;

/** Data of the organization and the role as of the read. */
const AROUND = [
  positionOf('api_keys.organization_id').as('sequence'),
  'current_roles.name as role_name',
  'current_roles.permissions as role_permissions',
] as const;

/**
 * The parameter in a subquery: after someone has run `ANALYZE`, SQLite would plan the statement again for every value
 * of a plain parameter, at five times the cost of the look-up.
 */
const PARAMETER = sql<string>`(select ${''})`;

/** Finds the key of the secret with the hash that is its only parameter: one row or none. */
export function queryByHash(db: Kysely<Tables>): CompiledQuery<VerifiableRow> {
  return whole(db).where('api_key_secrets.hash', '=', PARAMETER).compile();
}

/** The same without role and organization: half the cost, if these are already known. */
export function queryKeyByHash(db: Kysely<Tables>): CompiledQuery<KeyRow> {
  return db
    .selectFrom('api_key_secrets')
    .innerJoin('api_keys', 'api_keys.id', 'api_key_secrets.api_key_id')
    .where('api_key_secrets.hash', '=', PARAMETER)
    .select(COLUMNS)
    .select(TOGETHER)
    .compile();
}

/**
 * The same as the first for all hashes in a list, its only parameter, on PostgreSQL. `place` is the position of a row's
 * hash in the list, from 1. (No query selects a hash itself.)
 */
export function queryByHashes(db: Kysely<Tables>): CompiledQuery<VerifiableRow & { place: number }> {
  const requested = sql<{ hash: string; place: number }>`unnest(${[]}::text[]) with ordinality`;
  return whole(db)
    .innerJoin(
      requested.as<'requested'>(sql`requested(hash, place)`),
      'requested.hash',
      'api_key_secrets.hash',
    )
    .select('requested.place')
    .compile();
}

/** The key of the secret with this id, for a secret that was already verified, or null. */
export async function findBySecretId(db: Kysely<Tables>, secretId: string): Promise<VerifiableKey | null> {
  const row = await whole(db).where('api_key_secrets.id', '=', secretId).executeTakeFirst();
  return row ? verifiableKey(row) : null;
}

function whole(db: Kysely<Tables>) {
  return db
    .selectFrom('api_key_secrets')
    .innerJoin('api_keys', 'api_keys.id', 'api_key_secrets.api_key_id')
    .leftJoin('current_roles', 'current_roles.id', 'api_keys.role_id')
    .select(COLUMNS)
    .select(TOGETHER)
    .select(AROUND);
}
