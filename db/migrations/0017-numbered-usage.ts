import { type Kysely, PostgresAdapter, sql } from 'kysely';

export const title = 'Numbers the batches of usage';

/**
 * Adds the number of the last batch that each writer of usage has written, so that a batch that is sent again counts
 * once. On SQLite, rows of the journal get their writer, number, shard and number of keys; rows of servers of the
 * previous release have none.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const isPostgres = db.getExecutor().adapter instanceof PostgresAdapter;
  await db.schema
    .createTable('usage_writers')
    .addColumn('writer', isPostgres ? sql`text collate "C"` : 'text', (c) => c.primaryKey().notNull())
    .addColumn('number', 'bigint', (c) => c.notNull())
    .addColumn('written_at', 'bigint', (c) => c.notNull())
    .execute();
  if (isPostgres) return;
  await db.schema.alterTable('usage_journal').addColumn('writer', 'text').execute();
  await db.schema.alterTable('usage_journal').addColumn('number', 'bigint').execute();
  for (const [column, value] of [
    ['shard', -1],
    ['keys', 0],
  ] as const)
    await db.schema
      .alterTable('usage_journal')
      .addColumn(column, 'integer', (c) => c.notNull().defaultTo(value))
      .execute();
  await db.schema
    .createIndex('usage_journal_by_shard')
    .on('usage_journal')
    .columns(['shard', 'writer', 'number', 'keys'])
    .execute();
}
