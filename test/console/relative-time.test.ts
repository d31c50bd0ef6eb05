import { expect, test } from 'vitest';
import { relativeTime } from '../../console/src/design/primitives/relative-time.ts';

const HOUR_MS = 3_600_000;

test('what is to come in nearly so long is told as so long, and what was not yet so long ago as less', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');
  const told = (difference: number) => relativeTime(now + difference, now);
  expect(told(24 * HOUR_MS - 10_000)).toBe('in 24 hr.');
  expect(told(90 * 24 * HOUR_MS - 10_000)).toBe('in 3 mo.');
  expect(told(-(24 * HOUR_MS - 10_000))).toBe('23 hr. ago');
  expect(told(-1_000)).toBe('just now');
});
