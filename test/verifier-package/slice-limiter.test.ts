import { expect, test } from 'vitest';
import { SliceLimiter, type SliceRequest } from '../../packages/verifier/src/limits/slice-limiter.ts';
import type { RateLimitState } from '../../src/core/rate-limit-state.ts';

const WINDOW_SECONDS = 3_600;

/** A limiter whose clocks stand still, and a server that grants what it requests until a limit is reached. */
function limiterAt(limit: number) {
  let time = 1_000_000;
  let slices = 0;
  const left = new Map<string, number>();
  const clocks = { monotonic: () => time, wall: () => time };
  const limiter = new SliceLimiter(clocks, { now: () => time, monotonic: () => time }, () => {});
  const grant = ({ wanted }: SliceRequest) =>
    wanted.map(({ hash, count }) => {
      const before = left.get(hash) ?? limit;
      const granted = Math.min(count, before);
      left.set(hash, before - granted);
      slices += 1;
      const slice = granted > 0 ? `slice-${slices}` : null;
      const window = { limit, windowSeconds: WINDOW_SECONDS, remainingMs: WINDOW_SECONDS * 1_000 };
      return { hash, slice, granted, remaining: before - granted, ...window };
    });
  return {
    limiter,
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
    take: (key: string): RateLimitState | Promise<RateLimitState> =>
      limiter.take(key, limit, WINDOW_SECONDS, key),
    request: (): SliceRequest => limiter.takeRequest(1_000_000) ?? { ...NOTHING },
    answer(): SliceRequest {
      const request = limiter.takeRequest(1_000_000) ?? { ...NOTHING };
      limiter.granted(request, grant(request));
      return request;
    },
  };
}

const NOTHING: SliceRequest = {
  requested: { monotonic: 0, wall: 0 },
  wanted: [],
  returned: [],
  keys: new Map(),
  stream: 0,
};

const keysOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `key-${index}`);

test('a slice holds 1 % of what remains, or what is used in two seconds', async () => {
  const { take, answer } = limiterAt(1_000);
  const first = take('key');
  expect(answer().wanted).toEqual([{ hash: 'key', count: 10 }]);
  expect(await first).toMatchObject({ allowed: true, remaining: 999 });
  for (let use = 0; use < 7; use += 1) expect(take('key')).toMatchObject({ allowed: true });
  // Before the first slice is used up.
  expect(answer().wanted).toEqual([{ hash: 'key', count: 14 }]);
  for (let use = 0; use < 16; use += 1) expect(take('key')).toMatchObject({ allowed: true });
});

test('a key that is rarely used has its next slice before the last one ends', async () => {
  const { take, answer, pass, limiter } = limiterAt(50);
  const first = take('key');
  answer();
  await first;
  answer();
  for (let round = 0; round < 20; round += 1) {
    pass(5_000);
    limiter.giveBack(false);
    expect(take('key')).toMatchObject({ allowed: true });
    answer();
  }
});

test('idle slices are kept until they end, and then returned', async () => {
  const { take, answer, pass, limiter, request } = limiterAt(100_000);
  const first = take('key');
  answer();
  await first;
  pass(9_999);
  limiter.giveBack(false);
  expect(limiter.hasWork).toBe(false);
  pass(2);
  limiter.giveBack(false);
  expect(request().returned).toEqual([{ slice: 'slice-1', used: 1 }]);
});

test('at most 500 slices are requested, and returned, at once; all of them in the end', async () => {
  const { take, answer, limiter } = limiterAt(100_000);
  const taking = keysOf(1_200).map((key) => take(key));
  const requests = [answer(), answer(), answer()];
  expect(requests.map(({ wanted }) => wanted.length)).toEqual([500, 500, 200]);
  await Promise.all(taking);
  limiter.giveBack(true);
  const returns = [answer(), answer(), answer()].map(({ returned }) => returned);
  expect(returns.map(({ length }) => length)).toEqual([500, 500, 200]);
  expect(new Set(returns.flat().map(({ slice }) => slice)).size).toBe(1_200);
  expect(limiter.hasWork).toBe(false);
});

test('what a failed report returned is returned again, unless it was refused or the stream has ended', async () => {
  const { take, answer, limiter, request } = limiterAt(1_000);
  const taking = keysOf(3).map((key) => take(key));
  answer();
  await Promise.all(taking);
  limiter.recall(['slice-1', 'slice-2']);
  const failed = request();
  expect(failed.returned).toHaveLength(2);
  limiter.failed(failed, 'The server did not answer in time', false);
  const again = request();
  expect(again.returned).toEqual(failed.returned);
  limiter.failed(again, 'The input is not valid', true);
  expect(limiter.hasWork).toBe(false);
  limiter.recall(['slice-3']);
  const last = request();
  limiter.reset();
  limiter.failed(last, 'The connection was lost', false);
  expect(limiter.hasWork).toBe(false);
});

test('slices that are granted after their stream has ended are not used', async () => {
  const { take, limiter, request } = limiterAt(10);
  const first = take('key');
  const requested = request();
  limiter.reset();
  await expect(first).rejects.toThrow('lost');
  const slice = { slice: 'late', granted: 1, remaining: 9, limit: 10, windowSeconds: 1, remainingMs: 1_000 };
  limiter.granted(requested, [{ hash: 'key', ...slice }]);
  expect(take('key')).toBeInstanceOf(Promise);
});
