import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { AppError } from '../core/errors.ts';
import { flushUsage } from '../keys/flush-usage.ts';
import { locateApiKey } from '../keys/locate-api-key.ts';
import type { KeysContext } from '../keys/pending-usage.ts';
import { GRANULARITIES, type Granularity, startOf } from './granularity.ts';

/** How often a key was presented in one bucket. */
export interface UsageBucket {
  /** Start of the bucket, milliseconds since the epoch. */
  readonly start: number;
  /** Accepted verifications. */
  readonly verified: number;
  /** Denied verifications. */
  readonly denied: number;
}

/** The range: buckets that end after `from` and begin before `to`. */
export interface UsageRange {
  /** Omitted: an hour, a day or 30 days before `to`, by granularity. */
  readonly from?: number | null | undefined;
  /** Omitted: now. */
  readonly to?: number | null | undefined;
  /** Omitted: hours. */
  readonly granularity?: Granularity | null | undefined;
}

/** Maximum number of buckets in a report. */
const BUCKETS_MAX = 1000;

/** Maximum number of buckets in a report that is read in one go. */
const SHORT_MAX = 100;

/**
 * How often a key was presented: non-empty buckets, earliest first, including unwritten usage. Requires
 * `api.key.view`. Rejects with NotFoundError, or BAD_USER_INPUT for more than 1,000 buckets or a range that ends
 * before it begins.
 */
export async function usageOf(ctx: KeysContext, keyId: string, range: UsageRange): Promise<UsageBucket[]> {
  const { organizationId } = await locateApiKey(ctx, keyId, 'api.key.view');
  const { granularity, from, to, stretches } = bounds(range, ctx.clock.now());
  if (from > to) throw new AppError('BAD_USER_INPUT', 'from: must not be after to');
  if (stretches > BUCKETS_MAX)
    throw new AppError('BAD_USER_INPUT', `from and to: at most ${BUCKETS_MAX} times a ${granularity} apart`);
  await flushUsage(ctx);
  const isShort = stretches <= SHORT_MAX;
  const db = isShort ? ctx.db : await ctx.scans.reader(ctx.db, 'api_key_usage_buckets', organizationId);
  return readBuckets(db, keyId, granularity, from, to);
}

/** How many buckets a report may have at this time, 1 to 1,000. More are rejected before anything is read. */
export function stretchesOf(range: UsageRange, now: number): number {
  const { stretches } = bounds(range, now);
  return Math.min(BUCKETS_MAX, Math.max(1, Math.ceil(stretches)));
}

function bounds(range: UsageRange, now: number) {
  const granularity = range.granularity ?? 'hour';
  const { length, shown } = GRANULARITIES[granularity];
  // The range includes now, even in the first millisecond of a bucket.
  const to = range.to ?? now + 1;
  const from = startOf(granularity, range.from ?? to - shown);
  return { granularity, from, to, stretches: (to - from) / length };
}

function readBuckets(
  db: Kysely<Tables>,
  keyId: string,
  granularity: Granularity,
  from: number,
  to: number,
): Promise<UsageBucket[]> {
  return db
    .selectFrom('api_key_usage_buckets')
    .select(['start', 'verified', 'denied'])
    .where('api_key_id', '=', keyId)
    .where('granularity', '=', granularity)
    .where('start', '>=', from)
    .where('start', '<', to)
    .orderBy('start')
    .execute();
}
