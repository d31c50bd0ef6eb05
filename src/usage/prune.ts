import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { inBatches } from '../core/paced.ts';
import { BUCKET_TABLES, someBuckets } from './bucket-tables.ts';
import { GRANULARITIES } from './granularity.ts';

/** Number of buckets removed per transaction. */
const BATCH = { min: 100, max: 1_000 } as const;

/** Removes buckets past their retention, until `stopped`. */
export async function pruneBuckets(db: Kysely<Tables>, now: number, stopped?: () => boolean): Promise<void> {
  for (const buckets of BUCKET_TABLES)
    for (const granularity of buckets.granularities) {
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
