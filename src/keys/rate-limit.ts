import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { RateLimiter, RateLimitState } from '../context.ts';
import type { Clock } from '../core/clock.ts';

/** Node's timers, by which the library ends windows, reach no further (2^31 - 1 milliseconds). */
const TIMER_MAX_SECONDS = 2_147_483;

/**
 * Counts in this process's memory, exactly. A window begins with the first verification in it; one longer than a timer
 * reaches (24.8 days) is a stretch of the calendar instead. A changed limit begins a new window.
 */
export function inProcessRateLimiter(clock: Clock): RateLimiter {
  // Windows differ from key to key, so each call names its own; what is counted is compared here.
  const counts = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: 0, keyPrefix: '' });

  const place = (keyId: string, limit: number, windowSeconds: number) => {
    const base = `${keyId}:${limit}:${windowSeconds}`;
    if (windowSeconds <= TIMER_MAX_SECONDS) return { name: base, seconds: windowSeconds, endsAt: null };
    const number = Math.floor(clock.now() / (windowSeconds * 1000));
    void counts.delete(`${base}:${number - 1}`);
    return { name: `${base}:${number}`, seconds: 0, endsAt: (number + 1) * windowSeconds * 1000 };
  };

  return {
    async take(keyId, limit, windowSeconds): Promise<RateLimitState> {
      const { name, seconds, endsAt } = place(keyId, limit, windowSeconds);
      const { consumedPoints, msBeforeNext } = await counts.penalty(name, 1, { customDuration: seconds });
      return {
        allowed: consumedPoints <= limit,
        remaining: Math.max(0, limit - consumedPoints),
        resetAt: endsAt ?? clock.now() + msBeforeNext,
      };
    },
    async peek(keyId, limit, windowSeconds): Promise<RateLimitState> {
      const { name, endsAt } = place(keyId, limit, windowSeconds);
      const window = await counts.get(name);
      const runs = window !== null && (endsAt !== null || window.msBeforeNext > 0);
      const consumed = runs ? window.consumedPoints : 0;
      return {
        allowed: consumed < limit,
        remaining: Math.max(0, limit - consumed),
        resetAt: endsAt ?? clock.now() + (runs ? window.msBeforeNext : windowSeconds * 1000),
      };
    },
  };
}
