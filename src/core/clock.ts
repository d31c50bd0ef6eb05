/**
 * The time as an argument, so that tests can control it. Stored times, and times that people and other machines see,
 * are from the wall clock, which may be stepped in either direction. Durations are measured with the monotonic clock.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds since an arbitrary time. Never steps; only differences between two readings are meaningful. */
  monotonic(): number;
}

/** The system's clocks. */
export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** Converts a time of the monotonic clock to the wall clock as it is set now. A past time becomes the present. */
export function wallTimeOf(clock: Clock, monotonic: number): number {
  return clock.now() + Math.max(0, Math.ceil(monotonic - clock.monotonic()));
}

/** Smaller steps back are ignored: the two clocks are not read at the same instant, milliseconds. */
const STEP_MIN_MS = 100;

/** Detects that the wall clock has been set back, so that stored times may lie in the future. */
export class ClockSteps {
  readonly #clock: Clock;
  /**
   * Difference between the wall clock and the monotonic clock. Slewing changes it slowly, and sleep only increases it.
   */
  #lead: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lead = this.#read();
  }

  /** Whether the clock was set back since the last call that returned true, or since the start. */
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
