import { DAY_MS } from '../../../api/clock.ts';
/** When a key is to expire: never, after so many days, at a time, or when it does already. */
export type Expiry =
  | { readonly kind: 'never' }
  | { readonly kind: 'days'; readonly days: number }
  /** As a date field holds it, in the time of the computer; empty: not chosen yet. */
  | { readonly kind: 'time'; readonly local: string }
  /** As the key has it. */
  | { readonly kind: 'kept'; readonly at: string };

/** The key is accepted until somebody ends it. */
export const NEVER_EXPIRES: Expiry = { kind: 'never' };

/** The days that the form offers. */
export const EXPIRY_DAYS = [7, 30, 90, 365] as const;

/** The expiry as the API takes it; null: never. `now`: milliseconds since the epoch. */
export function expiryTime(expiry: Expiry, now: number): string | null {
  if (expiry.kind === 'never') return null;
  if (expiry.kind === 'kept') return expiry.at;
  if (expiry.kind === 'days') return new Date(now + expiry.days * DAY_MS).toISOString();
  const time = new Date(expiry.local);
  // What is no time is for the server to refuse; it must not become a key that never expires.
  return Number.isNaN(time.getTime()) ? expiry.local : time.toISOString();
}

/** A time as a date field holds it, in the time of the computer. */
export function localTime(time: number): string {
  const offset = new Date(time).getTimezoneOffset() * 60_000;
  return new Date(time - offset).toISOString().slice(0, 16);
}
