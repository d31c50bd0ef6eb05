import type { OverviewAttentionQuery } from '../../generated/graphql.ts';

const HOUR_MS = 3_600_000;

/** Fewer denials than this are no spike, however quiet it usually is. */
const SPIKE_MIN = 20;

/** A spike has at least this many times the usual denials. */
const SPIKE_FACTOR = 4;

/** Denials are compared over this many hours, so that an hour that has just begun doesn't hide a spike. */
const RECENT_HOURS = 2;

/** More denials than usual. */
export interface Spike {
  /** Denials in the last two hours, in whole hours. */
  readonly recent: number;
  /** The average of two hours before, on the same day. */
  readonly usual: number;
}

type Usage = NonNullable<NonNullable<OverviewAttentionQuery['organization']>['usage']>;

/** Whether the last two hours have far more denials than the 22 before. `usage` is by hour; `at` in milliseconds. */
export function spikeOf(usage: Usage, at: number): Spike | null {
  const first = (Math.floor(at / HOUR_MS) - RECENT_HOURS + 1) * HOUR_MS;
  const start = first - (24 - RECENT_HOURS) * HOUR_MS;
  let [recent, before] = [0, 0];
  for (const bucket of usage) {
    const time = Date.parse(bucket.start);
    if (time >= first) recent += bucket.denied;
    else if (time >= start) before += bucket.denied;
  }
  const usual = Math.round((before / (24 - RECENT_HOURS)) * RECENT_HOURS);
  return recent >= SPIKE_MIN && recent >= SPIKE_FACTOR * usual ? { recent, usual } : null;
}
