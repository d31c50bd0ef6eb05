import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { inBatches } from '../core/paced.ts';
import { addToBuckets, BUCKET_TABLES, type BucketTable, someBuckets } from './bucket-tables.ts';
import { type Granularity, startOf } from './granularity.ts';

/** Maximum number of buckets per transaction. */
const BATCH = { min: 50, max: 500 } as const;

/** Counts of one bucket. */
interface Bucket {
  readonly owner: string;
  readonly organization_id: string;
  readonly verified: number;
  readonly denied: number;
}

/**
 * Corrects usage in the future, stored while the clock was ahead: moves last uses to `now`, and counts of later
 * buckets to those of `now`. Several servers may run it concurrently.
 */
export async function limitTimes(db: Kysely<Tables>, now: number): Promise<void> {
  await limitLastUses(db, now);
  for (const buckets of BUCKET_TABLES)
    for (const granularity of buckets.granularities)
      await inBatches(BATCH, (size) =>
        moveBuckets(db, buckets, granularity, startOf(granularity, now), size),
      );
}

async function limitLastUses(db: Kysely<Tables>, now: number): Promise<void> {
  // By organization, like the index. No secret was used later than its key.
  const keys = db
    .selectFrom('api_key_usage')
    .select('api_key_id')
    .where('organization_id', 'in', db.selectFrom('organizations').select('id'))
    .where('last_used_at', '>', now);
  const secrets = db.selectFrom('api_key_secrets').select('id').where('api_key_id', 'in', keys);
  await db.transaction().execute(async (tx) => {
    const last_used_at = now;
    await tx
      .updateTable('api_key_secret_usage')
      .set({ last_used_at })
      .where('secret_id', 'in', secrets)
      .where('last_used_at', '>', now)
      .execute();
    await tx.updateTable('api_key_usage').set({ last_used_at }).where('api_key_id', 'in', keys).execute();
  });
}

/** Returns how many buckets it moved to `start`, at most `size`. */
function moveBuckets(
  db: Kysely<Tables>,
  buckets: BucketTable,
  granularity: Granularity,
  start: number,
  size: number,
): Promise<number> {
  const isLater = sql`granularity = ${granularity} and start > ${start}`;
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<Bucket>`
      delete from ${sql.table(buckets.table)} where ${someBuckets(buckets, isLater, size)}
      returning ${sql.ref(buckets.owner[0])} as owner, organization_id, verified, denied
    `.execute(tx);
    const sums = new Map<string, Bucket>();
    for (const bucket of rows) {
      const sum = sums.get(bucket.owner);
      const { verified = 0, denied = 0 } = sum ?? {};
      sums.set(bucket.owner, {
        ...bucket,
        verified: verified + bucket.verified,
        denied: denied + bucket.denied,
      });
    }
    const values = [...sums.values()]
      .sort((a, b) => (a.owner < b.owner ? -1 : 1))
      .map((bucket) => {
        const owner = buckets.owner.length === 1 ? [bucket.owner] : [bucket.owner, bucket.organization_id];
        return sql`(${sql.join([...owner, granularity, start, bucket.verified, bucket.denied])})`;
      });
    if (values.length > 0) await addToBuckets(tx, buckets, sql`values ${sql.join(values)}`);
    return rows.length;
  });
}
