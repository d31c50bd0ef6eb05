import type { Kysely } from 'kysely';
import { createIndexes, type Index, type Progress } from './migration.ts';

export const title = 'Indexes imported API keys';
export const apart = true;

/** The second finds password hashes, which begin with `$`, by the visible start of their secrets. */
const INDEXES: readonly Index[] = [
  {
    name: 'api_keys_by_foreign_id',
    on: 'api_keys',
    columns: 'organization_id, foreign_id',
    where: 'foreign_id is not null',
    unique: true,
  },
  {
    name: 'api_key_secrets_password_hashes',
    on: 'api_key_secrets',
    columns: 'start, id',
    where: `substr(hash, 1, 1) = '$'`,
  },
];

/** Both indexes are empty until the first import. */
export async function up(db: Kysely<unknown>, progress?: Progress): Promise<void> {
  await createIndexes(db, INDEXES, progress);
}
