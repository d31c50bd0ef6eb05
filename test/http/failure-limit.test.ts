import { expect, test } from 'vitest';
import { FailureLimit } from '../../src/http/auth/failure-limit.ts';
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

test('changing addresses within a /56 or /48 gains little', () => {
  const failures = new FailureLimit(manualClock(), 10);
  const tried = (addresses: readonly string[]) =>
    addresses
      .flatMap((ip) => Array.from({ length: 20 }, () => failures.count(ip)))
      .filter(({ allowed }) => allowed);
  const each = (make: (index: number) => string) => Array.from({ length: 256 }, (_, index) => make(index));
  expect(tried(each((index) => `2001:db8:1:aa${index.toString(16).padStart(2, '0')}::1`))).toHaveLength(40);
  // What its /56 has used up is gone from the /48, and no more than that.
  expect(tried(each((index) => `2001:db8:1:${(index << 8).toString(16)}::1`))).toHaveLength(120);
  expect(failures.count('2001:db8:1:ffff::1').allowed).toBe(false);
  expect(failures.count('2001:db8:2::1').allowed).toBe(true);
});

test('one client that is out of its budget leaves its neighbours theirs', () => {
  const failures = new FailureLimit(manualClock(), 10);
  for (let time = 0; time < 1_000; time += 1) failures.count('2001:db8:1:aa00::1');
  expect(failures.count('2001:db8:1:aa01::1').allowed).toBe(true);
});

test('no network can push another client out of memory by the number of its addresses', () => {
  const failures = new FailureLimit(manualClock(), 5);
  for (let time = 0; time < 5; time += 1) failures.count('203.0.113.9');
  for (let index = 0; index < 65_536; index += 1) failures.count(`2001:db8:1:${index.toString(16)}::1`);
  expect(failures.size).toBeLessThan(200);
  expect(failures.count('203.0.113.9').allowed).toBe(false);
});

test('a caller that verifies for others has a budget for each address, and one for all of them', () => {
  const failures = new FailureLimit(manualClock(), 1);
  const allowed = (actor: string, ip: string | null, trusted = false) =>
    failures.countFor({ actor, trusted }, ip).allowed;
  expect([allowed('key_a', '192.0.2.1'), allowed('key_a', '192.0.2.1')]).toEqual([true, false]);
  // What a caller says of an address is held against nobody else's, nor against the address itself.
  expect(allowed('key_b', '192.0.2.1')).toBe(true);
  expect(failures.count('192.0.2.1').allowed).toBe(true);
  for (let index = 1; index < 100; index += 1) expect(allowed('key_a', `198.51.100.${index}`)).toBe(true);
  expect(allowed('key_a', '198.51.100.100')).toBe(false);
  expect(allowed('key_a', null)).toBe(false);
  for (let index = 0; index < 200; index += 1)
    expect(allowed('operator:back end', `10.0.0.${index}`, true)).toBe(true);
  expect(allowed('operator:back end', '10.0.0.1', true)).toBe(false);
});

test('takes no more memory than for so many addresses, however many there are', () => {
  const clock = manualClock();
  const failures = new FailureLimit(clock, 1);
  for (let index = 0; index < 300_000; index += 1)
    failures.count(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`);
  expect(failures.size).toBe(50_000);
});
