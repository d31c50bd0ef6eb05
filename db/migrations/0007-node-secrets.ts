import { type Kysely, PostgresAdapter, sql } from 'kysely';

/** Adds the secrets with which servers sign confirmations, so that they can't be forged. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const postgres = db.getExecutor().adapter instanceof PostgresAdapter;
  await db.schema
    .alterTable('nodes')
    .addColumn('secret', postgres ? sql`text collate "C"` : 'text')
    .execute();
}
