import { type CompiledQuery, type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import type { VerifiableKey } from '../context.ts';
import { type VerifiableRow, verifiableKey } from './verifiable-row.ts';

/** Finds the key of the secret with the hash that is its only parameter: one row or none. */
export function queryByHash(db: Kysely<Tables>): CompiledQuery<VerifiableRow> {
  return columns(joined(db).where('api_key_secrets.hash', '=', '')).compile();
}

/**
 * The same for all hashes in a list, its only parameter, on PostgreSQL; `place` is where in the list a row's hash stands,
 * from 1. (No query selects a hash itself.)
 */
export function queryByHashes(db: Kysely<Tables>): CompiledQuery<VerifiableRow & { place: number }> {
  const asked = sql<{ hash: string; place: number }>`unnest(${[]}::text[]) with ordinality`;
  const query = joined(db)
    .innerJoin(asked.as<'asked'>(sql`asked(hash, place)`), 'asked.hash', 'api_key_secrets.hash')
    .select('asked.place');
  return columns(query).compile();
}

/** The key of the secret with this id, for one that was presented before; null where there is none. */
export async function findBySecretId(db: Kysely<Tables>, secretId: string): Promise<VerifiableKey | null> {
  const row = await columns(joined(db).where('api_key_secrets.id', '=', secretId)).executeTakeFirst();
  return row ? verifiableKey(row) : null;
}

function joined(db: Kysely<Tables>) {
  return db
    .selectFrom('api_key_secrets')
    .innerJoin('api_keys', 'api_keys.id', 'api_key_secrets.api_key_id')
    .innerJoin('organization_sequences', 'organization_sequences.organization_id', 'api_keys.organization_id')
    .leftJoin('roles', 'roles.id', 'api_keys.role_id');
}

type Joined =
  ReturnType<typeof joined> extends SelectQueryBuilder<infer All, infer Names, object>
    ? { all: All; names: Names }
    : never;

function columns<Selected>(query: SelectQueryBuilder<Joined['all'], Joined['names'], Selected>) {
  return query
    .select([
      'api_keys.id as key_id',
      'api_key_secrets.id as secret_id',
      'api_keys.organization_id',
      'organization_sequences.value as sequence',
      'api_keys.environment',
      'api_keys.grants',
      'roles.name as role_name',
      'roles.permissions as role_permissions',
      'api_keys.external_id',
      'api_keys.ip_allowlist',
      'api_keys.rate_limit',
      'api_keys.rate_window_seconds',
      'api_keys.enabled',
      'api_keys.expires_at as key_expires_at',
      'api_keys.revoked_at as key_revoked_at',
      'api_key_secrets.expires_at as secret_expires_at',
      'api_key_secrets.revoked_at as secret_revoked_at',
    ])
    .select((eb) =>
      eb
        .selectFrom('api_key_teams')
        .whereRef('api_key_teams.api_key_id', '=', 'api_keys.id')
        .select(sql<string | null>`string_agg(team_id, ',' order by team_id)`.as('ids'))
        .as('team_ids'),
    );
}
