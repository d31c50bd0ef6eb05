import { type Kysely, PostgresAdapter } from 'kysely';

/** Adds the journal, to which an embedded database appends usage before it is moved to its tables. */
export async function up(db: Kysely<unknown>): Promise<void> {
  if (db.getExecutor().adapter instanceof PostgresAdapter) return;
  await db.schema
    .createTable('usage_journal')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('activities', 'text', (c) => c.notNull())
    .execute();
}
