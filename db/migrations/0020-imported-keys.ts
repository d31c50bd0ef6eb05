import { type Kysely, PostgresAdapter, sql } from 'kysely';

export const title = 'Adds what imported API keys need';

/** The ID of a key in the system that it was imported from, and one row for each form of imported secrets. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const text = db.getExecutor().adapter instanceof PostgresAdapter ? sql`text collate "C"` : 'text';
  await db.schema.alterTable('api_keys').addColumn('foreign_id', text).execute();
  await db.schema
    .createTable('imported_forms')
    .addColumn('form', text, (c) => c.primaryKey().notNull())
    .execute();
}
