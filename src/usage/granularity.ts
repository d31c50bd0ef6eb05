/** Length of a stretch of time that uses are counted in; stretches begin at whole ones in UTC. */
export type Granularity = 'minute' | 'hour' | 'day';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Length of each kind of bucket, what a report shows where it isn't told, and how long it is kept; milliseconds. */
export const GRANULARITIES: Readonly<
  Record<Granularity, { readonly length: number; readonly shown: number; readonly kept: number }>
> = {
  minute: { length: MINUTE_MS, shown: HOUR_MS, kept: 25 * HOUR_MS },
  hour: { length: HOUR_MS, shown: DAY_MS, kept: 90 * DAY_MS },
  day: { length: DAY_MS, shown: 30 * DAY_MS, kept: 731 * DAY_MS },
};

/** The kinds themselves, the shortest first. */
export const GRANULARITY_NAMES = Object.keys(GRANULARITIES) as readonly Granularity[];

/** Where the stretch that holds this time begins. */
export function startOf(granularity: Granularity, time: number): number {
  const { length } = GRANULARITIES[granularity];
  return Math.floor(time / length) * length;
}
