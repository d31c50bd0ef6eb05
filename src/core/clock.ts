/**
 * The time, as an argument: tests move it by hand. What people and other machines see, and what is stored, is a time of
 * the wall clock, which may be stepped in either direction. How long something lasts is measured with the monotonic one.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds since some moment of this process. Never steps; only differences between two readings mean anything. */
  monotonic(): number;
}

/** The machine's clocks. */
export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** The time at which a moment of the monotonic clock comes, by the wall clock as it is set now; a past one is now. */
export function wallTimeOf(clock: Clock, monotonic: number): number {
  return clock.now() + Math.max(0, Math.ceil(monotonic - clock.monotonic()));
}
