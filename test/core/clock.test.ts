import { expect, test } from 'vitest';
import { ClockSteps, wallTimeOf } from '../../src/core/clock.ts';
import { manualClock } from '../support/clock.ts';

test('a step back is noticed once, however far the clock was ahead before', () => {
  const clock = manualClock();
  const steps = new ClockSteps(clock);
  expect(steps.wentBack()).toBe(false);
  clock.advance(5_000);
  clock.step(3_600_000);
  expect(steps.wentBack()).toBe(false);
  clock.step(-1_800_000);
  expect([steps.wentBack(), steps.wentBack()]).toEqual([true, false]);
  clock.step(-1_800_000);
  expect([steps.wentBack(), steps.wentBack()]).toEqual([true, false]);
});

test('a step back is noticed where more time has passed since than it was long', () => {
  const clock = manualClock();
  const steps = new ClockSteps(clock);
  clock.step(60_000);
  steps.wentBack();
  clock.step(-60_000);
  clock.advance(120_000);
  expect(steps.wentBack()).toBe(true);
});

test('steps back that are too small to matter add up', () => {
  const clock = manualClock();
  const steps = new ClockSteps(clock);
  const noticed = Array.from({ length: 10 }, () => {
    clock.step(-30);
    return steps.wentBack();
  });
  expect(noticed.filter(Boolean)).toHaveLength(2);
});

test('a moment of the monotonic clock has the time of day at which it comes', () => {
  const clock = manualClock();
  const moment = clock.monotonic() + 2_000;
  clock.step(-3_600_000);
  expect(wallTimeOf(clock, moment)).toBe(clock.now() + 2_000);
  clock.advance(3_000);
  expect(wallTimeOf(clock, moment)).toBe(clock.now());
});
