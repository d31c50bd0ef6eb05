import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { inBatches } from '../core/paced.ts';
import { BUCKET_TABLES, ORGANIZATION_BUCKETS, someBuckets } from './bucket-tables.ts';
import { GRANULARITIES, GRANULARITY_NAMES, startOf } from './granularity.ts';
import { moveBuckets } from './move-buckets.ts';

/** Number of buckets removed per transaction. */
const BATCH = { min: 100, max: 1_000 } as const;

/** Removes buckets past their retention, until `stopped`. The hours of organizations become days. */
export async function pruneBuckets(db: Kysely<Tables>, now: number, stopped?: () => boolean): Promise<void> {
  const { hour } = GRANULARITIES;
  const from = sql`granularity = 'hour' and start < ${startOf('day', now - hour.kept)}`;
  const toDays = { from, granularity: 'day', startOf: (start: number) => startOf('day', start) } as const;
  await inBatches({ ...BATCH, stopped }, (size) => moveBuckets(db, ORGANIZATION_BUCKETS, toDays, size));
  for (const buckets of BUCKET_TABLES)
    for (const granularity of GRANULARITY_NAMES) {
      if (buckets === ORGANIZATION_BUCKETS && granularity === 'hour') continue;
      const before = now - GRANULARITIES[granularity].kept;
      const isOld = sql`granularity = ${granularity} and start < ${before}`;
      await inBatches({ ...BATCH, stopped }, async (size) => {
        const { numAffectedRows = 0n } = await sql`
          delete from ${sql.table(buckets.table)} where ${someBuckets(buckets, isOld, size)}
        `.execute(db);
        return Number(numAffectedRows);
      });
    }
}
