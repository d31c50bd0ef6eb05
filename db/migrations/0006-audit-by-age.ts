import type { Kysely } from 'kysely';

/** Lets the oldest entries of the log be found, where they are not kept for ever. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createIndex('audit_log_by_age').on('audit_log').columns(['occurred_at']).execute();
}
