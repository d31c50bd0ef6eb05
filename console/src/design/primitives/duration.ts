import { counted } from './counted.ts';

const UNITS = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
] as const;

/** A duration in the largest unit of which it is a whole number. */
export function duration(seconds: number): string {
  const [length, unit] = UNITS.find(([one]) => seconds >= one && seconds % one === 0) ?? [1, 'second'];
  return counted(seconds / length, unit);
}
