import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Renewals } from '../../packages/verifier/src/stream/renewals.ts';
import { startFake } from '../support/fake-verifier-server.ts';
import { openVerifier } from '../support/verifier-client.ts';
import { eventually } from '../support/wait.ts';

const WELCOME = { renewMs: 1_000, leaseMs: 3_000 };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => vi.useRealTimers());

function renewing(welcome = WELCOME) {
  const times: number[] = [];
  const began = performance.now();
  const renewals = new Renewals(welcome, () => times.push(Math.round(performance.now() - began)));
  return { renewals, times, passes: (ms: number) => vi.advanceTimersByTime(ms) };
}

test('leases are renewed as the welcome says, and after a third of them while they are shorter', () => {
  const { renewals, times, passes } = renewing();
  passes(100);
  renewals.leased(3_000);
  passes(2_000);
  expect(times).toEqual([1_000, 2_000]);
  renewals.leased(600);
  passes(400);
  expect(times.slice(2)).toEqual([2_200, 2_400]);
  // Longer than announced.
  renewals.leased(10_000);
  passes(1_900);
  expect(times.slice(4)).toEqual([3_400, 4_400]);
  renewals.stop();
  passes(10_000);
  expect(times).toHaveLength(6);
});

test('a lease that is granted late, and shorter, is renewed at once', () => {
  const { renewals, times, passes } = renewing();
  passes(700);
  renewals.leased(300);
  passes(1);
  expect(times).toEqual([700]);
  renewals.stop();
});

test('a server can’t make a verifier renew without pauses', () => {
  const { renewals, times, passes } = renewing({ renewMs: 5_000, leaseMs: 1 });
  renewals.leased(0.001);
  passes(200);
  expect(times).toHaveLength(10);
  renewals.stop();
});

test('leases that are said to last for months are renewed every minute', () => {
  // Node.js would take such an interval for a millisecond.
  const { renewals, times, passes } = renewing({ renewMs: 2 ** 32, leaseMs: 2 ** 33 });
  passes(60_000);
  renewals.leased(3_000);
  passes(1_500);
  expect(times).toEqual([60_000, 61_500]);
  renewals.stop();
});

test('a verifier that is granted short leases keeps them', async () => {
  vi.useRealTimers();
  let requests = 0;
  const { url } = await startFake({
    // An interval that would be too long for the test.
    welcome: (event) => ({ ...event, leaseMs: 3_000_000, renewMs: 1_000_000 }),
    lease: (event) => {
      requests += 1;
      return { ...event, leaseMs: 300 };
    },
  });
  const verifier = openVerifier(url, 'token');
  await verifier.ready();
  await eventually(() => requests >= 5);
});
