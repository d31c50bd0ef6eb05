import type { Kysely } from 'kysely';
import { createIndexes, type Index, type Progress } from './migration.ts';

export const title = 'Indexes keys by what lists show of them';
export const apart = true;

/**
 * Each contains only revoked keys, or only the others. The one by age covers the columns of filters, so that they need
 * no row.
 */
const INDEXES: readonly Index[] = [
  {
    name: 'api_keys_unrevoked_by_age',
    on: 'api_keys',
    columns: 'organization_id, created_at, id, enabled, expires_at, environment, rotated_at',
    where: 'revoked_at is null',
  },
  {
    name: 'api_keys_unrevoked_by_expiry',
    on: 'api_keys',
    columns: 'organization_id, expires_at, id, enabled',
    where: 'revoked_at is null',
  },
  {
    name: 'api_keys_unrevoked_by_rotation',
    on: 'api_keys',
    columns: 'organization_id, environment, rotated_at',
    where: 'revoked_at is null',
  },
  {
    name: 'api_keys_disabled',
    on: 'api_keys',
    columns: 'organization_id, created_at, id',
    where: 'enabled = 0 and revoked_at is null',
  },
  {
    name: 'api_keys_revoked',
    on: 'api_keys',
    columns: 'organization_id, created_at, id',
    where: 'revoked_at is not null',
  },
];

/** Lets lists of keys skip the keys that they don't show, however many there are. */
export async function up(db: Kysely<unknown>, progress?: Progress): Promise<void> {
  await createIndexes(db, INDEXES, progress);
}
