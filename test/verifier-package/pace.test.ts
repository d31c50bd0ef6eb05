import { expect, test } from 'vitest';
import { Pace } from '../../packages/verifier/src/stream/pace.ts';

test('sends a burst at once, then one message per interval, and another burst after a pause', () => {
  const pace = new Pace(100, 3);
  const waits = (now: number, count: number) =>
    Array.from({ length: count }, () => Math.round(pace.next(now)));
  expect(waits(1_000, 6)).toEqual([0, 0, 0, 10, 20, 30]);
  expect(waits(1_030, 1)).toEqual([10]);
  expect(waits(2_000, 4)).toEqual([0, 0, 0, 10]);
});
