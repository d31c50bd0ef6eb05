import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { GRANULARITY_NAMES, type Granularity } from './granularity.ts';

/** A table of verifications counted per time interval. */
export interface BucketTable {
  readonly table: 'api_key_usage_buckets' | 'api_key_secret_usage_buckets' | 'organization_usage_buckets';
  /** The columns that identify whose verifications are counted. The first is in the primary key. */
  readonly owner:
    | readonly ['api_key_id', 'organization_id']
    | readonly ['secret_id']
    | readonly ['organization_id'];
  /** The kinds of buckets that verifications are added to. */
  readonly granularities: readonly Granularity[];
}

/** The sums of organizations. Their days are summed up from hours, when these are no longer kept. */
export const ORGANIZATION_BUCKETS: BucketTable = {
  table: 'organization_usage_buckets',
  owner: ['organization_id'],
  granularities: ['minute', 'hour'],
};

export const KEY_BUCKETS: BucketTable = {
  table: 'api_key_usage_buckets',
  owner: ['api_key_id', 'organization_id'],
  granularities: GRANULARITY_NAMES,
};

/** Of secrets that are not the only current one of their key. See `secret-report.ts`. */
export const SECRET_BUCKETS: BucketTable = {
  table: 'api_key_secret_usage_buckets',
  owner: ['secret_id'],
  granularities: GRANULARITY_NAMES,
};

export const BUCKET_TABLES: readonly BucketTable[] = [KEY_BUCKETS, SECRET_BUCKETS, ORGANIZATION_BUCKETS];

/**
 * Adds counts to buckets. `rows` is a query of owner, granularity, start, verified and denied, with one row per bucket.
 */
export async function addToBuckets(
  db: Kysely<Tables>,
  { table, owner: [id, ...others] }: BucketTable,
  rows: RawBuilder<unknown>,
): Promise<void> {
  const columns = [id, ...others, 'granularity', 'start', 'verified', 'denied'].map((name) => sql.ref(name));
  await sql`
    insert into ${sql.table(table)} (${sql.join(columns)}) ${rows}
    on conflict (${sql.ref(id)}, granularity, start) do update set
      verified = ${sql.ref(`${table}.verified`)} + excluded.verified,
      denied = ${sql.ref(`${table}.denied`)} + excluded.denied
  `.execute(db);
}

/** At most `size` buckets of one granularity that match a condition, as a condition that selects them. */
export function someBuckets(
  { table, owner: [id] }: BucketTable,
  condition: RawBuilder<unknown>,
  size: number,
): RawBuilder<unknown> {
  return sql`(${sql.ref(id)}, granularity, start) in (
    select ${sql.ref(id)}, granularity, start from ${sql.table(table)}
    where ${condition} order by start limit ${size})`;
}
