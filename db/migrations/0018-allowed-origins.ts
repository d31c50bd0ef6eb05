import { type Kysely, PostgresAdapter, sql } from 'kysely';

export const title = 'Adds the web origins that an organization allows';

/** One row for each origin of an organization. The index answers whether any organization allows an origin. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const text = db.getExecutor().adapter instanceof PostgresAdapter ? sql`text collate "C"` : 'text';
  await db.schema
    .createTable('allowed_origins')
    .addColumn('organization_id', text, (c) => c.notNull().references('organizations.id'))
    .addColumn('origin', text, (c) => c.notNull())
    .addPrimaryKeyConstraint('allowed_origins_pk', ['organization_id', 'origin'])
    .execute();
  await db.schema.createIndex('allowed_origins_by_origin').on('allowed_origins').column('origin').execute();
}
