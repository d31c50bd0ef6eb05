import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { inProcessRateLimiter } from '../../src/verification/rate-limit.ts';
import { manualClock } from '../support/clock.ts';

const START = Date.UTC(2030, 0, 1);
const DAY_SECONDS = 86_400;

describe('a rate limit', () => {
  beforeEach(() => vi.useFakeTimers({ now: START }));
  afterEach(() => vi.useRealTimers());

  const take = (limiter: ReturnType<typeof inProcessRateLimiter>, limit: number, windowSeconds: number) =>
    limiter.take('key', limit, windowSeconds);

  test('accepts as many as it says in a window, and again in the next', async () => {
    const limiter = inProcessRateLimiter(systemClock);
    expect(await take(limiter, 2, 10)).toEqual({ allowed: true, remaining: 1, resetAt: START + 10_000 });
    vi.advanceTimersByTime(9_999);
    expect(await take(limiter, 2, 10)).toEqual({ allowed: true, remaining: 0, resetAt: START + 10_000 });
    expect(await take(limiter, 2, 10)).toEqual({ allowed: false, remaining: 0, resetAt: START + 10_000 });
    vi.advanceTimersByTime(1);
    expect(await take(limiter, 2, 10)).toEqual({ allowed: true, remaining: 1, resetAt: START + 20_000 });
  });

  test('is not made longer by what it refuses', async () => {
    const limiter = inProcessRateLimiter(systemClock);
    await take(limiter, 1, 10);
    for (let second = 0; second < 9; second += 1) {
      vi.advanceTimersByTime(1000);
      expect(await take(limiter, 1, 10)).toMatchObject({ allowed: false });
    }
    vi.advanceTimersByTime(1000);
    expect(await take(limiter, 1, 10)).toMatchObject({ allowed: true });
  });

  test('is looked at without using it', async () => {
    const limiter = inProcessRateLimiter(systemClock);
    const fresh = { allowed: true, remaining: 1, resetAt: START + 10_000 };
    expect(await limiter.peek('key', 1, 10)).toEqual(fresh);
    expect(await limiter.peek('key', 1, 10)).toEqual(fresh);
    await take(limiter, 1, 10);
    vi.advanceTimersByTime(4_000);
    expect(await limiter.peek('key', 1, 10)).toEqual({ ...fresh, allowed: false, remaining: 0 });
    vi.advanceTimersByTime(6_000);
    expect(await limiter.peek('key', 1, 10)).toMatchObject({ allowed: true, remaining: 1 });
  });

  test('is reserved up to what is left, and what is given back can be taken', async () => {
    const limiter = inProcessRateLimiter(systemClock);
    await take(limiter, 5, 10);
    const reserved = await limiter.reserve('key', 5, 10, 3);
    expect(reserved).toMatchObject({ granted: 3, remaining: 1, resetAt: START + 10_000 });
    expect(await limiter.reserve('key', 5, 10, 3)).toMatchObject({ granted: 1, remaining: 0 });
    expect(await limiter.reserve('key', 5, 10, 1)).toMatchObject({ granted: 0, remaining: 0 });
    expect(await take(limiter, 5, 10)).toMatchObject({ allowed: false });
    await limiter.release('key', reserved.window, 2);
    expect(await take(limiter, 5, 10)).toMatchObject({ allowed: true, remaining: 1 });
  });

  test('takes nothing back for another window', async () => {
    const limiter = inProcessRateLimiter(systemClock);
    const ended = await limiter.reserve('key', 5, 10, 5);
    vi.advanceTimersByTime(10_000);
    await take(limiter, 5, 10);
    await limiter.release('key', ended.window, 5);
    expect(await limiter.peek('key', 5, 10)).toMatchObject({ remaining: 4 });
    const changed = await limiter.reserve('key', 5, 10, 4);
    await take(limiter, 2, 10);
    await limiter.release('key', changed.window, 4);
    expect(await limiter.peek('key', 2, 10)).toMatchObject({ remaining: 1 });
  });

  test('is of one key, and begins anew where it is changed', async () => {
    const limiter = inProcessRateLimiter(systemClock);
    await take(limiter, 1, 10);
    expect(await limiter.take('other', 1, 10)).toMatchObject({ allowed: true });
    expect(await take(limiter, 2, 10)).toMatchObject({ allowed: true, remaining: 1 });
    expect(await take(limiter, 1, 20)).toMatchObject({ allowed: true });
  });

  test('holds for 30 days, which is longer than a timer reaches', async () => {
    const limiter = inProcessRateLimiter(systemClock);
    const seconds = 30 * DAY_SECONDS;
    const first = await take(limiter, 1, seconds);
    expect(first.allowed).toBe(true);
    expect(first.resetAt).toBeGreaterThan(START);
    expect(first.resetAt).toBeLessThanOrEqual(START + seconds * 1000);
    vi.advanceTimersByTime(first.resetAt - START - 1);
    expect(await take(limiter, 1, seconds)).toEqual({ allowed: false, remaining: 0, resetAt: first.resetAt });
    expect(await limiter.peek('key', 1, seconds)).toMatchObject({ allowed: false, resetAt: first.resetAt });
    vi.advanceTimersByTime(1);
    expect(await limiter.peek('key', 1, seconds)).toMatchObject({ allowed: true });
    expect(await take(limiter, 1, seconds)).toMatchObject({ allowed: true });
  });

  test('of the longest window that a timer reaches holds to its end', async () => {
    const limiter = inProcessRateLimiter(systemClock);
    await take(limiter, 1, 2_147_483);
    vi.advanceTimersByTime(2_147_482_999);
    expect(await take(limiter, 1, 2_147_483)).toMatchObject({ allowed: false });
    vi.advanceTimersByTime(1);
    expect(await take(limiter, 1, 2_147_483)).toMatchObject({ allowed: true });
  });

  test('reopens after its window, and says when, whichever way the wall clock is stepped', async () => {
    for (const step of [-3_600_000, 3_600_000]) {
      const clock = manualClock(START);
      const limiter = inProcessRateLimiter(clock);
      await take(limiter, 1, 2);
      clock.step(step);
      const resetAt = clock.now() + 2_000;
      expect(await take(limiter, 1, 2)).toEqual({ allowed: false, remaining: 0, resetAt });
      expect(await limiter.peek('key', 1, 2)).toEqual({ allowed: false, remaining: 0, resetAt });
      clock.advance(2_000);
      expect(await take(limiter, 1, 2)).toMatchObject({ allowed: true, resetAt: clock.now() + 2_000 });
    }
  });

  test('says at once', () => {
    const limiter = inProcessRateLimiter(systemClock);
    expect(limiter.take('key', 1, 10)).not.toBeInstanceOf(Promise);
    expect(limiter.peek('key', 1, 10)).not.toBeInstanceOf(Promise);
  });
});
