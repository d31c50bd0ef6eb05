import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import { AppError } from '../core/errors.ts';
import { flushUsage } from '../keys/flush-usage.ts';
import { locateApiKey } from '../keys/locate-api-key.ts';
import type { KeysContext } from '../keys/pending-usage.ts';
import { GRANULARITIES, type Granularity, startOf } from './granularity.ts';

/** How often a key was presented in a stretch of time. */
export interface UsageBucket {
  /** Where the stretch begins, milliseconds since the epoch. */
  readonly start: number;
  /** Accepted verifications. */
  readonly verified: number;
  /** Refused ones. */
  readonly denied: number;
}

/** Which stretches: those that end after `from` and begin before `to`. */
export interface UsageRange {
  /** Left out: an hour, a day or 30 days before `to`, by granularity. */
  readonly from?: number | null | undefined;
  /** Left out: now. */
  readonly to?: number | null | undefined;
  /** Left out: hours. */
  readonly granularity?: Granularity | null | undefined;
}

/** Most stretches of a report. */
const BUCKETS_MAX = 1000;

/** Most stretches of one that is read at once. */
const SHORT_MAX = 100;

/**
 * How often a key was presented: stretches in which it was, the earliest first, what isn't written yet included. Needs
 * `api.key.view`. Rejects with NotFoundError, or BAD_USER_INPUT for more than 1,000 stretches or a range that ends
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

/** How many stretches a report may have at this time, 1 to 1,000; more are refused before anything is read. */
export function stretchesOf(range: UsageRange, now: number): number {
  const { stretches } = bounds(range, now);
  return Math.min(BUCKETS_MAX, Math.max(1, Math.ceil(stretches)));
}

function bounds(range: UsageRange, now: number) {
  const granularity = range.granularity ?? 'hour';
  const { length, shown } = GRANULARITIES[granularity];
  // Now is part of the range, also where it is the first millisecond of a stretch.
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
