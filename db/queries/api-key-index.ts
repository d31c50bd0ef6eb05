import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import { isPostgres } from '../is-postgres.ts';
import type { ApiKeysTable } from '../tables/key-tables.ts';
import type { Tables } from '../tables/tables.ts';

/** Indexes of `api_keys` that lists use. */
export type ApiKeyIndex = `api_keys_${
  | 'by_age'
  | 'by_name'
  | 'by_expiry'
  | 'by_external_id'
  | 'by_creator'
  | 'by_role'
  | 'by_rotation'
  | 'unrevoked_by_age'
  | 'unrevoked_by_expiry'
  | 'unrevoked_by_rotation'
  | 'disabled'
  | 'revoked'}`;

/**
 * Keys that SQLite must read by this index: without statistics it picks a narrower index that matches more rows or
 * needs a sort. PostgreSQL decides by its statistics and takes no hints.
 */
export function apiKeysBy(
  db: Kysely<Tables>,
  index: ApiKeyIndex,
): SelectQueryBuilder<Tables, 'api_keys', object> {
  if (isPostgres(db)) return db.selectFrom('api_keys');
  const hinted = sql<ApiKeysTable>`api_keys`.as<'api_keys'>(sql`api_keys indexed by ${sql.ref(index)}`);
  return db.selectFrom(hinted) as unknown as SelectQueryBuilder<Tables, 'api_keys', object>;
}
