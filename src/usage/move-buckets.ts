import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { addToBuckets, type BucketTable, someBuckets } from './bucket-tables.ts';
import type { Granularity } from './granularity.ts';

/** Counts of one bucket. */
interface Bucket {
  readonly owner: string;
  readonly organization_id: string;
  readonly start: number;
  readonly verified: number;
  readonly denied: number;
}

/** Which buckets are moved, and where. */
export interface BucketMove {
  /** Buckets of one granularity, as a condition. */
  readonly from: RawBuilder<unknown>;
  readonly granularity: Granularity;
  /** The new start of a bucket. */
  startOf(start: number): number;
}

/**
 * Moves counts to other buckets of the same owner, in one transaction, so that each is counted once. Returns how many
 * buckets it moved, at most `size`.
 */
export function moveBuckets(
  db: Kysely<Tables>,
  buckets: BucketTable,
  { from, granularity, startOf }: BucketMove,
  size: number,
): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<Bucket>`
      delete from ${sql.table(buckets.table)} where ${someBuckets(buckets, from, size)}
      returning ${sql.ref(buckets.owner[0])} as owner, organization_id, start, verified, denied
    `.execute(tx);
    const sums = new Map<string, Bucket>();
    for (const bucket of rows) {
      const start = startOf(Number(bucket.start));
      const name = `${bucket.owner} ${start}`;
      const { verified = 0, denied = 0 } = sums.get(name) ?? {};
      sums.set(name, {
        ...bucket,
        start,
        verified: verified + Number(bucket.verified),
        denied: denied + Number(bucket.denied),
      });
    }
    const values = [...sums.values()]
      .sort((a, b) => (a.owner === b.owner ? a.start - b.start : a.owner < b.owner ? -1 : 1))
      .map((bucket) => {
        const owner = buckets.owner.length === 1 ? [bucket.owner] : [bucket.owner, bucket.organization_id];
        return sql`(${sql.join([...owner, granularity, bucket.start, bucket.verified, bucket.denied])})`;
      });
    if (values.length > 0) await addToBuckets(tx, buckets, sql`values ${sql.join(values)}`);
    return rows.length;
  });
}
