import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import { GRANULARITIES, GRANULARITY_NAMES } from './granularity.ts';

/** Removes buckets older than they are kept. */
export async function pruneBuckets(db: Kysely<Tables>, now: number): Promise<void> {
  for (const granularity of GRANULARITY_NAMES) {
    await db
      .deleteFrom('api_key_usage_buckets')
      .where('granularity', '=', granularity)
      .where('start', '<', now - GRANULARITIES[granularity].kept)
      .execute();
  }
}
