import type { Clock } from '../../src/core/clock.ts';

/** Clocks that stand still until a test moves them. */
export interface ManualClock extends Clock {
  /** Lets time pass until the wall clock says so; sets it back where that is in the past. */
  set(milliseconds: number): void;
  /** Lets so much time pass. */
  advance(milliseconds: number): void;
  /** Steps the wall clock, forwards or (below zero) back, while no time passes. */
  step(milliseconds: number): void;
}

/** Begins at the machine's time. */
export function manualClock(start = Date.now()): ManualClock {
  let wall = start;
  let monotonic = 0;
  return {
    now: () => wall,
    monotonic: () => monotonic,
    set: (milliseconds) => {
      monotonic += Math.max(0, milliseconds - wall);
      wall = milliseconds;
    },
    advance: (milliseconds) => {
      monotonic += milliseconds;
      wall += milliseconds;
    },
    step: (milliseconds) => {
      wall += milliseconds;
    },
  };
}
