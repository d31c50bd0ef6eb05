import { counted } from '../../../design/primitives/counted.ts';

const SPOKEN = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1_000, 'second'],
] as const;

/** A length of time in its largest unit: `3 hours`. */
export function spoken(milliseconds: number): string {
  const [length, unit] = SPOKEN.find(([one]) => milliseconds >= one) ?? SPOKEN[3];
  const count = Math.max(1, Math.floor(milliseconds / length));
  return counted(count, unit);
}

/** Time that is left in its largest unit, rounded like a relative time: `7 days` at the begin of 7 days. */
export function remaining(milliseconds: number): string {
  const [length] = SPOKEN.find(([one]) => milliseconds >= one) ?? SPOKEN[3];
  return spoken(Math.max(1, Math.round(milliseconds / length)) * length);
}
