import { type Kysely, PostgresAdapter, sql } from 'kysely';

export const title = 'Adds denied verifications';

/** Denied verifications, grouped by minute. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const text = db.getExecutor().adapter instanceof PostgresAdapter ? sql`text collate "C"` : 'text';
  await db.schema
    .createTable('denials')
    .addColumn('id', text, (c) => c.primaryKey().notNull())
    .addColumn('organization_id', text, (c) => c.notNull().references('organizations.id').onDelete('cascade'))
    .addColumn('minute', 'bigint', (c) => c.notNull())
    .addColumn('occurred_at', 'bigint', (c) => c.notNull())
    .addColumn('code', text, (c) => c.notNull())
    .addColumn('subject', text, (c) => c.notNull())
    .addColumn('api_key_id', text, (c) => c.references('api_keys.id').onDelete('cascade'))
    .addColumn('ip', text, (c) => c.notNull())
    .addColumn('count', 'bigint', (c) => c.notNull())
    .execute();
  for (const [name, columns] of [
    ['by_time', ['organization_id', 'occurred_at', 'id']],
    ['by_code', ['organization_id', 'code', 'occurred_at', 'id']],
    ['by_key', ['api_key_id', 'occurred_at', 'id']],
    ['by_ip', ['organization_id', 'ip', 'occurred_at', 'id']],
    ['by_age', ['minute']],
  ] as const)
    await db.schema
      .createIndex(`denials_${name}`)
      .on('denials')
      .columns([...columns])
      .execute();
  await db.schema
    .createIndex('denials_groups')
    .unique()
    .on('denials')
    .columns(['organization_id', 'minute', 'subject', 'code', 'ip'])
    .execute();
}
