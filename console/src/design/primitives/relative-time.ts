const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always', style: 'short' });

const UNITS = [
  [365 * DAY_MS, 'year'],
  [30 * DAY_MS, 'month'],
  [DAY_MS, 'day'],
  [HOUR_MS, 'hour'],
  [MINUTE_MS, 'minute'],
  [1_000, 'second'],
] as const;

/** A time relative to now: `just now`, `5 min. ago`, `in 3 days`. */
export function relativeTime(time: number, at: number): string {
  const difference = time - at;
  if (Math.abs(difference) < 5_000) return 'just now';
  const [length, unit] = UNITS.find(([milliseconds]) => Math.abs(difference) >= milliseconds) ?? UNITS[5];
  // Rounded, so that a day from now is `in 24 hr.` immediately, not `in 23`.
  return relative.format(
    difference > 0 ? Math.round(difference / length) : Math.trunc(difference / length),
    unit,
  );
}
