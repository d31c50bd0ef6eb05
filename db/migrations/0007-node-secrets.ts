import { type Kysely, PostgresAdapter, sql } from 'kysely';

/** Lets a server know another's confirmation from one that somebody else made up. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const postgres = db.getExecutor().adapter instanceof PostgresAdapter;
  await db.schema
    .alterTable('nodes')
    .addColumn('secret', postgres ? sql`text collate "C"` : 'text')
    .execute();
}
