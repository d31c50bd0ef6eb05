import type { UsageGranularity } from '../../../generated/graphql.ts';

/** A time range up to now, in intervals. */
export interface TimeRange {
  /** In the URL. */
  readonly id: string;
  readonly label: string;
  /** Completes a sentence: `in the last 24 hours`. */
  readonly words: string;
  readonly granularity: UsageGranularity;
  /** Number of intervals. */
  readonly count: number;
  /** Length of an interval, milliseconds. */
  readonly length: number;
}

const MINUTES = { granularity: 'MINUTE', length: 60_000 } as const;
const HOURS = { granularity: 'HOUR', length: 3_600_000 } as const;
const DAYS = { granularity: 'DAY', length: 86_400_000 } as const;

/** All ranges by their id. */
export const RANGES = {
  '1h': { id: '1h', label: '1 h', words: 'in the last hour', count: 60, ...MINUTES },
  '24h': { id: '24h', label: '24 h', words: 'in the last 24 hours', count: 24, ...HOURS },
  '7d': { id: '7d', label: '7 d', words: 'in the last 7 days', count: 168, ...HOURS },
  '30d': { id: '30d', label: '30 d', words: 'in the last 30 days', count: 30, ...DAYS },
  '90d': { id: '90d', label: '90 d', words: 'in the last 90 days', count: 90, ...DAYS },
} as const satisfies Readonly<Record<string, TimeRange>>;

/** The id of a range. */
export type RangeId = keyof typeof RANGES;
