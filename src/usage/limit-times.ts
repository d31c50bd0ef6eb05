import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import { inBatches } from '../core/paced.ts';
import { GRANULARITY_NAMES, type Granularity, startOf } from './granularity.ts';
import { limitOrganizationTimes } from './organization-buckets.ts';
import { writeBuckets } from './write-batch.ts';

/** Buckets of a transaction. */
const BATCH = { min: 50, max: 500 } as const;

/**
 * Corrects usage in the future, stored while the clock was ahead: last uses become `now`, and what was counted in later
 * buckets is counted in those of `now`. Several servers may do it at once.
 */
export async function limitTimes(db: Kysely<Tables>, now: number): Promise<void> {
  await limitLastUses(db, now);
  for (const granularity of GRANULARITY_NAMES)
    await inBatches(BATCH, (size) => moveBuckets(db, granularity, now, size));
  await limitOrganizationTimes(db, now);
}

async function limitLastUses(db: Kysely<Tables>, now: number): Promise<void> {
  // By organization, as the index is; no secret was used later than its key.
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

/** Gives how many it moved, at most `size`. */
async function moveBuckets(
  db: Kysely<Tables>,
  granularity: Granularity,
  now: number,
  size: number,
): Promise<number> {
  const start = startOf(granularity, now);
  return db.transaction().execute(async (tx) => {
    const later = tx
      .selectFrom('api_key_usage_buckets')
      .select(['api_key_id', 'start'])
      .where('granularity', '=', granularity)
      .where('start', '>', start)
      .limit(size)
      .$asTuple('api_key_id', 'start');
    const taken = await tx
      .deleteFrom('api_key_usage_buckets')
      .where('granularity', '=', granularity)
      .where((eb) => eb(eb.refTuple('api_key_id', 'start'), 'in', later))
      .returning(['api_key_id', 'organization_id', 'verified', 'denied'])
      .execute();
    const sums = new Map<string, (typeof taken)[number]>();
    for (const bucket of taken) {
      const sum = sums.get(bucket.api_key_id);
      if (sum) {
        sum.verified += bucket.verified;
        sum.denied += bucket.denied;
      } else {
        sums.set(bucket.api_key_id, bucket);
      }
    }
    const rows = [...sums].map(([keyId, { organization_id: organizationId, verified, denied }]) => {
      return { keyId, organizationId, granularity, start, verified, denied };
    });
    if (rows.length > 0) await writeBuckets(tx, rows);
    return taken.length;
  });
}
