import { type Kysely, PostgresAdapter, sql } from 'kysely';

export const title = 'Adds the answers of requests with an idempotency key';

/** One row for each idempotency key of the last 24 hours. `number` counts the rows of an organization in order. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const text = db.getExecutor().adapter instanceof PostgresAdapter ? sql`text collate "C"` : 'text';
  await db.schema
    .createTable('idempotent_answers')
    .addColumn('id', text, (c) => c.primaryKey().notNull())
    .addColumn('organization_id', text, (c) => c.notNull().references('organizations.id'))
    .addColumn('number', 'bigint', (c) => c.notNull())
    .addColumn('sealed', text, (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addUniqueConstraint('idempotent_answers_by_number', ['organization_id', 'number'])
    .execute();
  await db.schema
    .createIndex('idempotent_answers_by_age')
    .on('idempotent_answers')
    .column('created_at')
    .execute();
}
