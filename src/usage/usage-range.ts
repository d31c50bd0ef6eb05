import { AppError } from '../core/errors.ts';
import { GRANULARITIES, type Granularity, startOf } from './granularity.ts';

/** How often keys were presented in one bucket. */
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

/** The buckets of a report: those that begin at or after `from` and before `to`. */
export interface UsageBounds {
  readonly granularity: Granularity;
  readonly from: number;
  readonly to: number;
  readonly stretches: number;
}

/** Maximum number of buckets in a report. */
const BUCKETS_MAX = 1000;

/** The buckets of a range. Throws BAD_USER_INPUT for more than 1,000, or a range that ends before it begins. */
export function readRange(range: UsageRange, now: number): UsageBounds {
  const bounds = boundsOf(range, now);
  const { from, to, granularity, stretches } = bounds;
  if (from > to) throw new AppError('BAD_USER_INPUT', 'from: must not be after to');
  if (stretches > BUCKETS_MAX)
    throw new AppError('BAD_USER_INPUT', `from and to: at most ${BUCKETS_MAX} times a ${granularity} apart`);
  return bounds;
}

/** How many buckets a report may have at this time, 1 to 1,000. More are rejected before anything is read. */
export function stretchesOf(range: UsageRange, now: number): number {
  const { stretches } = boundsOf(range, now);
  return Math.min(BUCKETS_MAX, Math.max(1, Math.ceil(stretches)));
}

function boundsOf(range: UsageRange, now: number): UsageBounds {
  const granularity = range.granularity ?? 'hour';
  const { length, shown } = GRANULARITIES[granularity];
  // The range includes now, even in the first millisecond of a bucket.
  const to = range.to ?? now + 1;
  const from = startOf(granularity, range.from ?? to - shown);
  return { granularity, from, to, stretches: (to - from) / length };
}
