import { type Kysely, PostgresAdapter, sql } from 'kysely';

/**
 * Keeps whether a member has joined in a session of their own, and who created each invitation and its link. Memberships of
 * before, and those that a server of the release before writes, count as confirmed, and their invitations as the operator's.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const text = db.getExecutor().adapter instanceof PostgresAdapter ? sql`text collate "C"` : 'text';
  await db.schema
    .alterTable('memberships')
    .addColumn('confirmed', 'integer', (column) => column.notNull().defaultTo(1))
    .execute();
  await db.schema.alterTable('memberships').addColumn('invited_by', text).execute();
  await db.schema.alterTable('sign_in_tokens').addColumn('created_by', text).execute();
}
