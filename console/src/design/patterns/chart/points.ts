import type { SeriesTone } from '../../primitives/series-tone.ts';
import type { TimeRange } from './ranges.ts';

/** A series of a chart. */
export interface Series {
  /** Follows a number: `12 accepted`. */
  readonly name: string;
  readonly tone: SeriesTone;
}

/** The series of verifications: `acceptedOf` and `deniedOf` of their usage. */
export const VERIFICATIONS: readonly Series[] = [
  { name: 'accepted', tone: 'chart' },
  { name: 'denied', tone: 'danger' },
];

/** The values of an interval, in the order of the series. */
export interface ChartPoint {
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly values: readonly number[];
}

/** An interval with use, as the API returns it. */
export interface UsedInterval {
  readonly start: string;
  readonly verified: number;
  readonly denied: number;
}

/** The start of the first interval of a range that ends with the one that contains `at`, milliseconds since the epoch. */
export function rangeStart({ count, length }: TimeRange, at: number): number {
  return (Math.floor(at / length) - count + 1) * length;
}

/** Every interval of the range, up to the one that contains `at`. The API omits those without use. */
export function pointsOf(
  range: TimeRange,
  at: number,
  series: readonly (readonly CountedInterval[])[],
): readonly ChartPoint[] {
  const { count, length } = range;
  const first = rangeStart(range, at);
  const values = Array.from({ length: count }, () => series.map(() => 0));
  for (const [index, intervals] of series.entries())
    for (const { start, value } of intervals) {
      const own = values[Math.floor((start - first) / length)];
      if (own) own[index] = (own[index] ?? 0) + value;
    }
  return values.map((own, index) => ({ start: first + index * length, values: own }));
}

/** A number in an interval. */
export interface CountedInterval {
  /** Any time within the interval, milliseconds since the epoch. */
  readonly start: number;
  readonly value: number;
}

/** Accepted verifications, as a series. */
export function acceptedOf(usage: readonly UsedInterval[]): CountedInterval[] {
  return usage.map(({ start, verified }) => ({ start: Date.parse(start), value: verified }));
}

/** Denied verifications, as a series. */
export function deniedOf(usage: readonly UsedInterval[]): CountedInterval[] {
  return usage.map(({ start, denied }) => ({ start: Date.parse(start), value: denied }));
}
