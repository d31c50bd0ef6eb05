import { type Kysely, PostgresAdapter, sql } from 'kysely';

/** Adds the tables by which several servers on one database discover each other. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const postgres = db.getExecutor().adapter instanceof PostgresAdapter;
  const text = postgres ? sql`text collate "C"` : 'text';
  await db.schema
    .createTable('nodes')
    .addColumn('id', text, (c) => c.primaryKey().notNull())
    .addColumn('name', text, (c) => c.notNull())
    .addColumn('beat', 'bigint', (c) => c.notNull())
    .addColumn('lease_ms', 'integer', (c) => c.notNull())
    .addColumn('watching', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('node_watches')
    .addColumn('node_id', text, (c) => c.notNull().references('nodes.id').onDelete('cascade'))
    .addColumn('organization_id', text, (c) => c.notNull())
    .addPrimaryKeyConstraint('node_watches_pk', ['node_id', 'organization_id'])
    .execute();
  await db.schema
    .createTable('relayed_usage')
    .addColumn('node_id', text, (c) => c.notNull())
    .addColumn('number', 'bigint', (c) => c.notNull())
    .addColumn('events', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('relayed_usage_pk', ['node_id', 'number'])
    .execute();
  // These rows are read once, within a second, and don't need to survive a crash of the database.
  if (postgres) await sql`alter table relayed_usage set unlogged`.execute(db);
}
