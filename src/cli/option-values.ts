import { InvalidArgumentError } from 'commander';
import { systemClock } from '../core/clock.ts';
import { findInexact, INEXACT, parseJson } from '../core/exact-json.ts';
import { isWritable, parseTime } from '../core/time.ts';

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;
const DURATION = /^(\d{1,9})([smhdw])$/;

/** Collects an option that may be repeated. */
export function repeated(value: string, before: unknown): string[] {
  return [...(Array.isArray(before) ? (before as string[]) : []), value];
}

/** Collects an option that may be repeated, each time with one of these values. */
export function repeatedOneOf(values: readonly string[]): (value: string, before: unknown) => string[] {
  return (value, before) => {
    if (!values.includes(value)) throw new InvalidArgumentError(`It must be one of ${values.join(', ')}.`);
    return repeated(value, before);
  };
}

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/** A length of time in seconds: `90d`, `24h`, `30m`, or seconds as a bare number. */
export function seconds(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  return duration(text) ?? refuse('It must be a duration, such as 90d, 24h, 30m or 45s.');
}

/** The time after this duration, as RFC 3339: `90d`. */
export function fromNow(text: string): string {
  const ahead = duration(text) ?? refuse('It must be a duration, such as 90d, 24h, 30m or 45s.');
  return isoTime(systemClock.now() + ahead * 1000);
}

/** A time as RFC 3339. A date is midnight UTC, and seconds are optional. */
export function time(text: string): string {
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text;
  const value = parseTime(day.replace(/^(.{13}:\d\d)(?=Z|[+-])/i, '$1:00'));
  return value === null
    ? refuse('It must be a valid time, such as 2027-01-31 or 2027-01-31T12:00:00Z.')
    : isoTime(value);
}

/** A time, or a duration in the past. */
export function timeOrAgo(text: string): string {
  const ago = duration(text);
  return ago === null ? time(text) : isoTime(systemClock.now() - ago * 1000);
}

/** A time, or a duration in the future. */
export function timeOrAhead(text: string): string {
  return duration(text) === null ? time(text) : fromNow(text);
}

/** `100/60`: requests per seconds. `1000/1h` works too. */
export function rateLimit(text: string): { limit: number; windowSeconds: number } {
  const [, limit, window] = /^(\d{1,10})\/(\w+)$/.exec(text) ?? [];
  if (limit === undefined || window === undefined)
    return refuse('It must be a number of requests per window, such as 100/60s or 1000/1h.');
  return { limit: Number(limit), windowSeconds: seconds(window) };
}

/** A JSON object. */
export function jsonObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {}
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse('It must be a JSON object, such as {"plan":"pro"}.');
  const inexact = findInexact(value);
  if (inexact !== null) return refuse(`At "${inexact}", ${INEXACT}.`);
  return value as Record<string, unknown>;
}

function duration(text: string): number | null {
  const [, count, unit] = DURATION.exec(text) ?? [];
  return count === undefined ? null : Number(count) * SECONDS[unit as keyof typeof SECONDS];
}

function isoTime(milliseconds: number): string {
  return isWritable(milliseconds)
    ? new Date(milliseconds).toISOString()
    : refuse('It is too far in the future or past.');
}

function refuse(message: string): never {
  throw new InvalidArgumentError(message);
}
