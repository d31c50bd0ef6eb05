import { type Kysely, PostgresAdapter, sql } from 'kysely';

/**
 * Records whether a member has joined in a session of their own, and who created each invitation and its link. Existing
 * memberships, and those written by a server of the previous release, count as confirmed, and their invitations as the
 * operator's.
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
