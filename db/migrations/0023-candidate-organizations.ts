import { type Kysely, PostgresAdapter, sql } from 'kysely';

export const title = 'Adds the organization of secrets with password hashes';

/** The following migration fills it. Null for all other secrets. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const text = db.getExecutor().adapter instanceof PostgresAdapter ? sql`text collate "C"` : 'text';
  await db.schema.alterTable('api_key_secrets').addColumn('candidate_organization_id', text).execute();
}
