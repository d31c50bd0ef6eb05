import { expect, test } from 'vitest';
import { Pace } from '../../packages/verifier/src/stream/pace.ts';
import { BusyError, operationError } from '../../packages/verifier/src/stream/refused-error.ts';

test('sends a burst at once, then one message per interval, and another burst after a pause', () => {
  const pace = new Pace(100, 3);
  const waits = (now: number, count: number) =>
    Array.from({ length: count }, () => Math.round(pace.next(now)));
  expect(waits(1_000, 6)).toEqual([0, 0, 0, 10, 20, 30]);
  expect(waits(1_030, 1)).toEqual([10]);
  expect(waits(2_000, 4)).toEqual([0, 0, 0, 10]);
});

test('rests for a while, and then sends one message per interval', () => {
  const pace = new Pace(100, 3);
  const waits = (now: number, count: number) =>
    Array.from({ length: count }, () => Math.round(pace.next(now)));
  expect(waits(1_000, 1)).toEqual([0]);
  pace.rest(500, 1_000);
  expect(waits(1_000, 3)).toEqual([500, 510, 520]);
  expect(waits(1_600, 1)).toEqual([0]);
});

test('errors that say when to return are recognized', () => {
  const busy = (retryAfterSeconds?: unknown) =>
    operationError([{ message: 'busy', extensions: { code: 'RATE_LIMITED', retryAfterSeconds } }]);
  expect(busy(3)).toMatchObject({ retryAfterMs: 3_000 });
  for (const odd of [undefined, null, -1, '7']) expect(busy(odd)).toMatchObject({ retryAfterMs: 1_000 });
  expect(operationError([{ message: 'gone', extensions: { code: 'UNAVAILABLE' } }])).not.toHaveProperty(
    'retryAfterMs',
  );
});

test('rests after an operation that the server has no time for, and not after others', async () => {
  const pace = new Pace(100, 3);
  await expect(pace.heeding(Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(pace.next()).toBe(0);
  await expect(pace.heeding(Promise.reject(new BusyError('busy', 60_000)))).rejects.toThrow('busy');
  expect(pace.next()).toBeGreaterThan(0);
  expect(pace.next()).toBeLessThan(1_100);
});
