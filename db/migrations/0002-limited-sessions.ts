import { type Kysely, PostgresAdapter, sql } from 'kysely';

/**
 * Records which organization an invitation link is for, and which organization the sessions started with it are limited
 * to.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const text = db.getExecutor().adapter instanceof PostgresAdapter ? sql`text collate "C"` : 'text';
  for (const [table, column] of [
    ['sign_in_tokens', 'invites_to'],
    ['sign_in_tokens', 'limited_to'],
    ['sessions', 'limited_to'],
  ] as const) {
    await db.schema
      .alterTable(table)
      .addColumn(column, text, (c) => c.references('organizations.id'))
      .execute();
  }
}
