import { nice, ticks } from 'd3-array';
import { timeTicks, utcTicks } from 'd3-time';
import { DAY_MS } from '../../../api/clock.ts';

/** Distance between two labels of the time axis, pixels. */
const SPACE = 84;

/** Below this distance, one of two labels is omitted, pixels. */
const SPACE_MIN = 52;

const COUNT_TICKS = 4;

/** The counts of an axis from 0. */
export interface CountAxis {
  /** The count at the top. */
  readonly top: number;
  readonly ticks: readonly number[];
}

/** Round numbers up to at least `most`. */
export function countAxis(most: number): CountAxis {
  const [, top] = nice(0, Math.max(1, most), COUNT_TICKS);
  return { top, ticks: ticks(0, top, COUNT_TICKS).filter(Number.isInteger) };
}

/** A label of the time axis. */
export interface TimeTick {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly label: string;
}

const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric' });
const utcDay = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' });

/**
 * Labels at round times from `from` until `to` (milliseconds), for an axis of this width in pixels: in the reader's zone,
 * and for days in UTC, as the server counts them.
 */
export function timeAxis(from: number, to: number, length: number, width: number): TimeTick[] {
  const isDaily = length >= DAY_MS;
  const all = (isDaily ? utcTicks : timeTicks)(new Date(from), new Date(to), Math.max(1, width / SPACE));
  const labels: TimeTick[] = [];
  for (const time of all) {
    const x = (at: number) => ((at - from) / (to - from)) * width;
    const last = labels.at(-1);
    // Days of two months aren't equally spaced. The last label needs room to its right.
    if (x(time.getTime()) > width - SPACE_MIN / 2) continue;
    if (last && x(time.getTime()) - x(last.at) < SPACE_MIN) continue;
    labels.push({ at: time.getTime(), label: isDaily ? utcDay.format(time) : tickLabel(time) });
  }
  return labels;
}

function tickLabel(time: Date): string {
  return time.getHours() + time.getMinutes() === 0 ? day.format(time) : clock.format(time);
}

const minute = new Intl.DateTimeFormat('en', {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'short',
});
const wholeDay = new Intl.DateTimeFormat('en', {
  weekday: 'short',
  month: 'short',
  day: 'numeric',
  year: 'numeric',
  timeZone: 'UTC',
  timeZoneName: 'short',
});

/** An interval in words, with the zone: `Nov 30, 14:00 – 15:00 UTC`. */
export function intervalText(start: number, length: number): string {
  if (length >= DAY_MS) return wholeDay.format(start);
  return length <= 60_000 ? minute.format(start) : minute.formatRange(start, start + length);
}

const shortNumber = new Intl.NumberFormat('en', { notation: 'compact' });

/** A count of an axis: `1.2K`. */
export function countText(count: number): string {
  return shortNumber.format(count);
}
