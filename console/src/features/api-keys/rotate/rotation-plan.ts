import { DAY_MS } from '../../../api/clock.ts';
import { rangeStart } from '../../../design/patterns/chart/points.ts';
import type { TimeRange } from '../../../design/patterns/chart/ranges.ts';
import type { UsageGranularity } from '../../../generated/graphql.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The least number of intervals in the chart: those before the rotation show what was usual. */
const COUNT_MIN = 24;

/** Which stored uses are read and how they are shown, from the begin of a rotation. */
export interface RotationPlan {
  /** When the rotation began, milliseconds since the epoch. */
  readonly began: number;
  /** Granularity of the uses that are read, and the start of the first interval, milliseconds since the epoch. */
  readonly granularity: UsageGranularity;
  readonly from: number;
  /** Uses count from this time: the begin, rounded down to the granularity. Milliseconds since the epoch. */
  readonly since: number;
  /** Length of an interval in the chart, which contains several of those that are read. Milliseconds. */
  readonly length: number;
}

/** For a rotation of this maximum age: the granularity that is read, and the length of an interval in the chart. */
const STEPS: readonly {
  readonly age: number;
  readonly granularity: UsageGranularity;
  readonly read: number;
  readonly shown: number;
}[] = [
  { age: 2 * HOUR_MS, granularity: 'MINUTE', read: MINUTE_MS, shown: MINUTE_MS },
  { age: 15 * HOUR_MS, granularity: 'MINUTE', read: MINUTE_MS, shown: 10 * MINUTE_MS },
  { age: 7 * DAY_MS, granularity: 'HOUR', read: HOUR_MS, shown: HOUR_MS },
  { age: 40 * DAY_MS, granularity: 'HOUR', read: HOUR_MS, shown: DAY_MS },
  { age: Infinity, granularity: 'DAY', read: DAY_MS, shown: DAY_MS },
];

const LAST = { granularity: 'DAY', read: DAY_MS, shown: DAY_MS } as const;

/** The plan for a rotation that began at `began`, milliseconds since the epoch. Good for at least an hour after `now`. */
export function planOf(began: number, now: number): RotationPlan {
  const age = Math.max(0, now - began);
  const { granularity, read, shown } = STEPS.find((step) => age <= step.age) ?? LAST;
  const plan = { began, granularity, since: Math.floor(began / read) * read, length: shown };
  return { ...plan, from: rangeStart(rangeAt(plan, now), now) };
}

/** The intervals of the chart at a time: all since the rotation began, and at least some. */
export function rangeAt(
  { began, granularity, length }: Pick<RotationPlan, 'began' | 'granularity' | 'length'>,
  now: number,
): TimeRange {
  const intervals = Math.floor(now / length) - Math.floor(began / length) + 1;
  const count = Math.max(COUNT_MIN, intervals);
  return { id: 'rotation', label: 'Rotation', words: 'since the rotation began', granularity, count, length };
}

/** Accepted uses of a secret in an interval. */
export interface SecretUses {
  readonly start: string;
  readonly verified: number;
}

/** Accepted uses since a rotation began. */
export interface RotationShare {
  readonly old: number;
  readonly fresh: number;
  /** Of the old secrets, percent, rounded so that it is 0 or 100 only if it is exactly so. Null: no use. */
  readonly percent: number | null;
}

/** The share of the old secrets in all uses since the rotation began. */
export function shareOf(
  { since }: RotationPlan,
  old: readonly SecretUses[],
  fresh: readonly SecretUses[],
): RotationShare {
  const sum = (uses: readonly SecretUses[]) =>
    uses.reduce((total, { start, verified }) => total + (Date.parse(start) >= since ? verified : 0), 0);
  const counts = { old: sum(old), fresh: sum(fresh) };
  const total = counts.old + counts.fresh;
  if (total === 0) return { ...counts, percent: null };
  const exact = (counts.old / total) * 100;
  const isMixed = counts.old > 0 && counts.fresh > 0;
  return { ...counts, percent: isMixed ? Math.min(99, Math.max(1, Math.round(exact))) : exact };
}
