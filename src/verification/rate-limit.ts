import { type Clock, wallTimeOf } from '../core/clock.ts';
import { FixedWindows, type Window } from '../core/fixed-windows.ts';
import type { RateLimitState } from '../core/rate-limit-state.ts';
import type { RateLimiter, Reservation } from './services.ts';

/**
 * Counts in this process's memory, exactly and synchronously. A window begins with its first verification, and a
 * changed limit starts a new window. Memory: one small entry per limited key with an open window.
 */
export function inProcessRateLimiter(clock: Clock): RateLimiter {
  const windows = new FixedWindows(clock);
  return {
    take(keyId, limit, windowSeconds): RateLimitState {
      const window = windows.begin(keyId, limit, windowSeconds * 1000);
      const allowed = window.count < limit;
      if (allowed) window.count += 1;
      return { allowed, remaining: limit - window.count, resetAt: wallTimeOf(clock, window.endsAt) };
    },
    peek(keyId, limit, windowSeconds): RateLimitState {
      const window = windows.running(keyId, limit, windowSeconds * 1000);
      const remaining = limit - (window?.count ?? 0);
      const resetAt = window ? wallTimeOf(clock, window.endsAt) : clock.now() + windowSeconds * 1000;
      return { allowed: remaining > 0, remaining, resetAt };
    },
    reserve(keyId, limit, windowSeconds, want): Reservation {
      const window = windows.begin(keyId, limit, windowSeconds * 1000);
      const granted = Math.max(0, Math.min(want, limit - window.count));
      window.count += granted;
      const resetAt = wallTimeOf(clock, window.endsAt);
      return { granted, remaining: limit - window.count, resetAt, window: nameOf(window) };
    },
    release(keyId, window, unused): void {
      const current = windows.current(keyId);
      if (current && nameOf(current) === window) current.count -= unused;
    },
  };
}

/** Tells a key's windows apart. */
function nameOf({ limit, length, endsAt }: Window): string {
  return `${limit} ${length} ${endsAt}`;
}
