import { counted } from './counted.ts';

const UNITS = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
] as const;

/** A length of time in the largest unit that it is a whole number of. */
export function duration(seconds: number): string {
  const [length, unit] = UNITS.find(([one]) => seconds >= one && seconds % one === 0) ?? [1, 'second'];
  return counted(seconds / length, unit);
}
