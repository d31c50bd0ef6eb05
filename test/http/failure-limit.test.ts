import { expect, test } from 'vitest';
import { FailureLimit } from '../../src/http/failure-limit.ts';
import { manualClock } from '../support/clock.ts';

test('lets so many failures of an address pass in a minute', () => {
  const clock = manualClock();
  const failures = new FailureLimit(clock, 2);
  const allowed = () => failures.count('192.0.2.1').allowed;
  expect([allowed(), allowed(), allowed(), allowed()]).toEqual([true, true, false, false]);
  expect(failures.count('192.0.2.2').allowed).toBe(true);
  clock.advance(59_999);
  expect(allowed()).toBe(false);
  clock.advance(1);
  expect(allowed()).toBe(true);
});

test('counts for a minute, whichever way the wall clock is stepped', () => {
  const clock = manualClock();
  const failures = new FailureLimit(clock, 1);
  failures.count('192.0.2.1');
  clock.step(3_600_000);
  expect(failures.count('192.0.2.1')).toMatchObject({ allowed: false, resetAt: clock.now() + 60_000 });
  clock.step(-7_200_000);
  expect(failures.count('192.0.2.1')).toMatchObject({ allowed: false, resetAt: clock.now() + 60_000 });
  clock.advance(60_000);
  expect(failures.count('192.0.2.1').allowed).toBe(true);
});

test('counts all clients of unknown address together', () => {
  const failures = new FailureLimit(manualClock(), 1);
  expect([failures.count(null).allowed, failures.count(null).allowed]).toEqual([true, false]);
});

test.each([
  ['2001:db8::1', '2001:db8::ffff', true],
  ['2001:db8::1', '2001:db8:0:0:1::', true],
  ['2001:db8::1', '2001:db8:0:1::1', false],
  ['::1', '::2', true],
  ['1:2:3:4:5:6:7:8', '1:2:3:4::', true],
  ['1:2:3::', '1:2:3:0:1:1:1:1', true],
])('takes %s and %s as one client: %s', (one, other, same) => {
  const failures = new FailureLimit(manualClock(), 1);
  failures.count(one);
  expect(failures.count(other).allowed).toBe(!same);
});

test('takes no more memory than for so many addresses, however many there are', () => {
  const clock = manualClock();
  const failures = new FailureLimit(clock, 1);
  const start = performance.now();
  for (let index = 0; index < 300_000; index += 1)
    failures.count(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`);
  expect(failures.size).toBe(50_000);
  expect(performance.now() - start).toBeLessThan(5_000);
});
