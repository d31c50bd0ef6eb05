import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { inBatches } from '../core/paced.ts';
import { BUCKET_TABLES } from './bucket-tables.ts';
import { startOf } from './granularity.ts';
import { moveBuckets } from './move-buckets.ts';

/** Maximum number of buckets per transaction. */
const BATCH = { min: 50, max: 500 } as const;

/**
 * Corrects usage in the future, stored while the clock was ahead: moves last uses to `now`, and counts of later
 * buckets to those of `now`. Several servers may run it concurrently.
 */
export async function limitTimes(db: Kysely<Tables>, now: number): Promise<void> {
  await limitLastUses(db, now);
  for (const buckets of BUCKET_TABLES)
    for (const granularity of buckets.granularities) {
      const start = startOf(granularity, now);
      const from = sql`granularity = ${granularity} and start > ${start}`;
      const move = { from, granularity, startOf: () => start };
      await inBatches(BATCH, (size) => moveBuckets(db, buckets, move, size));
    }
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
