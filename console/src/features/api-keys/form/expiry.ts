import { DAY_MS } from '../../../api/clock.ts';
/** A key's expiry: never, after a number of days, at a time, or unchanged. */
export type Expiry =
  | { readonly kind: 'never' }
  | { readonly kind: 'days'; readonly days: number }
  /** Value of a date input, in local time. Empty: not chosen yet. */
  | { readonly kind: 'time'; readonly local: string }
  /** As the key has it. */
  | { readonly kind: 'kept'; readonly at: string };

/** The key never expires. */
export const NEVER_EXPIRES: Expiry = { kind: 'never' };

/** The days that the form offers. */
export const EXPIRY_DAYS = [7, 30, 90, 365] as const;

/** The expiry as API input. Null: never. `now`: milliseconds since the epoch. */
export function expiryTime(expiry: Expiry, now: number): string | null {
  if (expiry.kind === 'never') return null;
  if (expiry.kind === 'kept') return expiry.at;
  if (expiry.kind === 'days') return new Date(now + expiry.days * DAY_MS).toISOString();
  const time = new Date(expiry.local);
  // Invalid times are left for the server to reject: they must not create a key that never expires.
  return Number.isNaN(time.getTime()) ? expiry.local : time.toISOString();
}

/** A time as the value of a date input, in local time. */
export function localTime(time: number): string {
  const offset = new Date(time).getTimezoneOffset() * 60_000;
  return new Date(time - offset).toISOString().slice(0, 16);
}
