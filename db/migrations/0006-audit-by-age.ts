import type { Kysely } from 'kysely';

/** Indexes the audit log by age, to find the oldest entries when there is a retention period. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createIndex('audit_log_by_age').on('audit_log').columns(['occurred_at']).execute();
}
