import { type Clock, wallTimeOf } from '../core/clock.ts';
import { FixedWindows } from '../core/fixed-windows.ts';
import type { RateLimitState } from '../core/rate-limit-state.ts';
import type { RateLimiter } from './services.ts';

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
  };
}
