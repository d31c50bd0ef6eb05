import type { Kysely } from 'kysely';
import { createIndex, type Progress } from './migration.ts';

export const title = 'Indexes the audit log of each organization by time';
export const apart = true;

/** Lets an organization's entries in a time range be found. */
export async function up(db: Kysely<unknown>, progress?: Progress): Promise<void> {
  const columns = 'organization_id, occurred_at, id';
  await createIndex(db, { name: 'audit_log_by_time', on: 'audit_log', columns }, progress);
}
