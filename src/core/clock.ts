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

/** The system's clocks. */
export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** The time at which a moment of the monotonic clock comes, by the wall clock as it is set now; a past one is now. */
export function wallTimeOf(clock: Clock, monotonic: number): number {
  return clock.now() + Math.max(0, Math.ceil(monotonic - clock.monotonic()));
}

/** Steps back of fewer milliseconds go unnoticed: reading two clocks takes time, and none of it matters so exactly. */
const STEP_MIN_MS = 100;

/** Detects that the wall clock has been set back, so that stored times may lie in the future. */
export class ClockSteps {
  readonly #clock: Clock;
  /** Of the wall clock over the monotonic one; slewing and a machine's sleep only ever change it slowly, or upwards. */
  #lead: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lead = this.#read();
  }

  /** Whether it was since the last call that said so, or since the beginning. */
  wentBack(): boolean {
    const lead = this.#read();
    const wentBack = lead < this.#lead - STEP_MIN_MS;
    this.#lead = wentBack ? lead : Math.max(lead, this.#lead);
    return wentBack;
  }

  #read(): number {
    return this.#clock.now() - this.#clock.monotonic();
  }
}
