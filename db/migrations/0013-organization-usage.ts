import { type Kysely, PostgresAdapter, sql } from 'kysely';

export const title = 'Sums up the usage of each organization';

/** Only the last day is read, in minutes and whole hours; milliseconds. */
const RECENT_MS = 2 * 86_400_000;

/** Stores the usage of each organization, so that the sum of the last day doesn't require reading every key's usage. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const text = db.getExecutor().adapter instanceof PostgresAdapter ? sql`text collate "C"` : 'text';
  await db.schema
    .createTable('organization_usage_buckets')
    .addColumn('organization_id', text, (c) => c.notNull())
    .addColumn('granularity', text, (c) => c.notNull())
    .addColumn('start', 'bigint', (c) => c.notNull())
    .addColumn('verified', 'bigint', (c) => c.notNull())
    .addColumn('denied', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('organization_usage_buckets_pk', ['organization_id', 'granularity', 'start'])
    .execute();
  await db.schema
    .createIndex('organization_usage_buckets_by_age')
    .on('organization_usage_buckets')
    .columns(['granularity', 'start'])
    .execute();
  await sql`
    insert into organization_usage_buckets (organization_id, granularity, start, verified, denied)
    select organization_id, granularity, start, sum(verified), sum(denied) from api_key_usage_buckets
    where granularity = 'minute' or granularity = 'hour' and start >= ${Date.now() - RECENT_MS}
    group by organization_id, granularity, start
  `.execute(db);
}
