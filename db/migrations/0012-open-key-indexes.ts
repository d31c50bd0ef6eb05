import type { Kysely } from 'kysely';
import { createIndexes, type Index, type Progress } from './migration.ts';

export const title = 'Indexes open keys by expiry and rotation';
export const apart = true;

/** Neither revoked nor disabled, and without a recorded expiry: nearly all of these are active. */
const OPEN = 'revoked_at is null and enabled = 1 and expiry_recorded_at is null';

const INDEXES: readonly Index[] = [
  {
    name: 'api_keys_open_by_expiry',
    on: 'api_keys',
    columns: 'organization_id, expires_at',
    where: OPEN,
  },
  {
    name: 'api_keys_open_by_rotation',
    on: 'api_keys',
    columns: 'organization_id, environment, rotated_at, expires_at, created_at, id',
    where: OPEN,
  },
];

/** Lets active keys be counted up to a limit without reading their rows. */
export async function up(db: Kysely<unknown>, progress?: Progress): Promise<void> {
  await createIndexes(db, INDEXES, progress);
}
