import { type Kysely, PostgresAdapter, sql } from 'kysely';

export const title = 'Adds the usage of secrets over time';

/**
 * Buckets of secrets that are not the only current one of their key. Secrets that were replaced earlier are counted from
 * now, and several current ones of an imported key as well.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const text = db.getExecutor().adapter instanceof PostgresAdapter ? sql`text collate "C"` : 'text';
  await db.schema.alterTable('api_key_secret_usage').addColumn('counted_from', 'bigint').execute();
  await db.schema
    .createTable('api_key_secret_usage_buckets')
    .addColumn('secret_id', text, (c) => c.notNull().references('api_key_secrets.id').onDelete('cascade'))
    .addColumn('granularity', text, (c) => c.notNull())
    .addColumn('start', 'bigint', (c) => c.notNull())
    .addColumn('verified', 'bigint', (c) => c.notNull())
    .addColumn('denied', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('api_key_secret_usage_buckets_pk', ['secret_id', 'granularity', 'start'])
    .execute();
  await db.schema
    .createIndex('api_key_secret_usage_buckets_by_age')
    .on('api_key_secret_usage_buckets')
    .columns(['granularity', 'start'])
    .execute();
  await sql`create index api_key_secret_usage_counted on api_key_secret_usage (counted_from) where counted_from is not null`.execute(
    db,
  );
  await sql`
    update api_key_secret_usage set counted_from = ${Date.now()}
    where secret_id in (select id from api_key_secrets where replaced_at is not null)
  `.execute(db);
  await sql`
    update api_key_secret_usage set counted_from = 0
    where secret_id in (
      select id from api_key_secrets where replaced_at is null and api_key_id in (
        select api_key_id from api_key_secrets where replaced_at is null group by api_key_id having count(*) > 1))
  `.execute(db);
}
