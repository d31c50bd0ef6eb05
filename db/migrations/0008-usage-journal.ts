import { type Kysely, PostgresAdapter } from 'kysely';

/** Lets an embedded database take usage over in one piece, and bring it into the tables that are read later. */
export async function up(db: Kysely<unknown>): Promise<void> {
  if (db.getExecutor().adapter instanceof PostgresAdapter) return;
  await db.schema
    .createTable('usage_journal')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('activities', 'text', (c) => c.notNull())
    .execute();
}
