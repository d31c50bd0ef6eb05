import { expect, test } from 'vitest';
import { FixedWindows } from '../../src/core/fixed-windows.ts';
import { manualClock } from '../support/clock.ts';

test('a window begins with the first count and ends after its length', () => {
  const clock = manualClock();
  const windows = new FixedWindows(clock);
  expect(windows.running('a', 1, 100)).toBeUndefined();
  const window = windows.begin('a', 1, 100);
  window.count = 7;
  clock.advance(99);
  expect(windows.begin('a', 1, 100)).toBe(window);
  clock.advance(1);
  expect(windows.running('a', 1, 100)).toBeUndefined();
  expect(windows.begin('a', 1, 100)).toMatchObject({ count: 0, endsAt: clock.monotonic() + 100 });
});

test('a window is as long as it should be, whichever way the wall clock is stepped', () => {
  const clock = manualClock();
  const windows = new FixedWindows(clock);
  const window = windows.begin('a', 1, 2_000);
  clock.step(3_600_000);
  expect(windows.running('a', 1, 2_000)).toBe(window);
  clock.step(-7_200_000);
  clock.advance(1_999);
  expect(windows.running('a', 1, 2_000)).toBe(window);
  clock.advance(1);
  expect(windows.running('a', 1, 2_000)).toBeUndefined();
});

test('another limit or length is another window', () => {
  const windows = new FixedWindows(manualClock());
  const window = windows.begin('a', 1, 100);
  expect(windows.running('a', 2, 100)).toBeUndefined();
  expect(windows.begin('a', 1, 200)).not.toBe(window);
  expect(windows.size).toBe(1);
});

test('windows that have ended are swept out, those that run are never', () => {
  const clock = manualClock();
  const windows = new FixedWindows(clock);
  for (let index = 0; index < 500; index += 1) windows.begin(`long ${index}`, 1, 1_000_000).count = 1;
  let most = 0;
  for (let index = 0; index < 100_000; index += 1) {
    clock.advance(1);
    windows.begin(`short ${index}`, 1, 100);
    most = Math.max(most, windows.size);
  }
  expect(most).toBeLessThan(2_500);
  for (let index = 0; index < 500; index += 1)
    expect(windows.running(`long ${index}`, 1, 1_000_000)?.count).toBe(1);
});
