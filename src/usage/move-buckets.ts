import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { addToBuckets, type BucketTable, someBuckets } from './bucket-tables.ts';
import type { Granularity } from './granularity.ts';

/** Counts of one bucket. */
interface Bucket {
  /** The values of the columns that identify whose it is. */
  readonly owner: readonly string[];
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
    const { rows } = await sql<Record<string, string | number>>`
      delete from ${sql.table(buckets.table)} where ${someBuckets(buckets, from, size)}
      returning ${sql.join([...buckets.owner, 'start', 'verified', 'denied'].map((name) => sql.ref(name)))}
    `.execute(tx);
    const sums = new Map<string, Bucket>();
    for (const row of rows) {
      const owner = buckets.owner.map((name) => String(row[name]));
      const start = startOf(Number(row.start));
      const name = JSON.stringify([owner, start]);
      const { verified = 0, denied = 0 } = sums.get(name) ?? {};
      sums.set(name, {
        ...{ owner, start },
        verified: verified + Number(row.verified),
        denied: denied + Number(row.denied),
      });
    }
    const values = [...sums]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(
        ([, { owner, start, verified, denied }]) =>
          sql`(${sql.join([...owner, granularity, start, verified, denied])})`,
      );
    if (values.length > 0) await addToBuckets(tx, buckets, sql`values ${sql.join(values)}`);
    return rows.length;
  });
}
