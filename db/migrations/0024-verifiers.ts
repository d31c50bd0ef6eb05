import { type Kysely, PostgresAdapter, sql } from 'kysely';

export const title = 'Adds the connected verifiers, and the longest lease of any';

/**
 * One row for each connected verifier and each verification process. On SQLite, the only row of `verifier_leases` says
 * whether no verifier can hold a lease, as before the first one connects.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const text = db.getExecutor().adapter instanceof PostgresAdapter ? sql`text collate "C"` : 'text';
  await db.schema
    .createTable('verifiers')
    .addColumn('id', text, (c) => c.primaryKey().notNull())
    .addColumn('node', text, (c) => c.notNull())
    .addColumn('organization_id', text)
    .addColumn('kind', text, (c) => c.notNull())
    .addColumn('name', 'text')
    .addColumn('connected_at', 'bigint', (c) => c.notNull())
    .addColumn('cached_keys', 'bigint', (c) => c.notNull())
    .addColumn('current', 'integer', (c) => c.notNull())
    .addColumn('seen_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('verifiers_by_organization')
    .on('verifiers')
    .columns(['organization_id', 'connected_at'])
    .execute();
  await db.schema.createIndex('verifiers_by_node').on('verifiers').column('node').execute();
  await db.schema
    .createTable('verifier_leases')
    .addColumn('id', 'integer', (c) => c.primaryKey().notNull())
    .addColumn('idle', 'integer', (c) => c.notNull())
    .addColumn('longest_ms', 'bigint', (c) => c.notNull())
    .execute();
  await sql`insert into verifier_leases (id, idle, longest_ms) values (1, 1, 0)`.execute(db);
}
