/** Length of a bucket, aligned to UTC. */
export type Granularity = 'minute' | 'hour' | 'day';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Per kind of bucket: its length, the default range of a report, and the retention; milliseconds. */
export const GRANULARITIES: Readonly<
  Record<Granularity, { readonly length: number; readonly shown: number; readonly kept: number }>
> = {
  minute: { length: MINUTE_MS, shown: HOUR_MS, kept: 25 * HOUR_MS },
  hour: { length: HOUR_MS, shown: DAY_MS, kept: 90 * DAY_MS },
  day: { length: DAY_MS, shown: 30 * DAY_MS, kept: 731 * DAY_MS },
};

/** The kinds, shortest first. */
export const GRANULARITY_NAMES = Object.keys(GRANULARITIES) as readonly Granularity[];

/** Start of the bucket that contains this time. */
export function startOf(granularity: Granularity, time: number): number {
  const { length } = GRANULARITIES[granularity];
  return Math.floor(time / length) * length;
}
