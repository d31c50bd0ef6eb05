import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import { inBatches } from '../core/paced.ts';
import { GRANULARITIES, GRANULARITY_NAMES } from './granularity.ts';
import { pruneOrganizationBuckets } from './organization-buckets.ts';

/** How many buckets are removed at once. */
const BATCH = { min: 100, max: 1_000 } as const;

/** Removes buckets older than they are kept, until `stopped`. */
export async function pruneBuckets(db: Kysely<Tables>, now: number, stopped?: () => boolean): Promise<void> {
  for (const granularity of GRANULARITY_NAMES) {
    const before = now - GRANULARITIES[granularity].kept;
    await inBatches({ ...BATCH, stopped }, async (size) => {
      const old = db
        .selectFrom('api_key_usage_buckets')
        .select(['api_key_id', 'start'])
        .where('granularity', '=', granularity)
        .where('start', '<', before)
        .orderBy('start')
        .limit(size)
        .$asTuple('api_key_id', 'start');
      const { numDeletedRows } = await db
        .deleteFrom('api_key_usage_buckets')
        .where('granularity', '=', granularity)
        .where((eb) => eb(eb.refTuple('api_key_id', 'start'), 'in', old))
        .executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    });
  }
  await pruneOrganizationBuckets(db, now, stopped);
}
