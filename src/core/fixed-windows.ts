import type { Clock } from './clock.ts';

/** A time window in which something is counted. */
export interface Window {
  count: number;
  /** When it ends, by the monotonic clock; `wallTimeOf` gives the time of day. */
  readonly endsAt: number;
  /** Milliseconds. */
  readonly length: number;
  /** Limit of the window. */
  readonly limit: number;
}

/** Fewer windows than this are never looked through for ended ones. */
const SWEEP_MIN = 1_024;

/**
 * Counts by name in stretches of time that begin with the first count and are as long as they should be, however the
 * wall clock is set meanwhile. Windows that have ended take no memory for long:
 * they are swept out whenever the windows kept have doubled.
 */
export class FixedWindows {
  readonly #clock: Clock;
  readonly #windows = new Map<string, Window>();
  #sweepAt = SWEEP_MIN;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The window of this name, limit and length (milliseconds) that runs now; undefined if none does. */
  running(name: string, limit: number, length: number): Window | undefined {
    const window = this.#windows.get(name);
    const same = window?.limit === limit && window.length === length;
    return same && window.endsAt > this.#clock.monotonic() ? window : undefined;
  }

  /** The same, begun now where none runs. A name has one window at a time: another limit or length begins a new one. */
  begin(name: string, limit: number, length: number): Window {
    const running = this.running(name, limit, length);
    if (running) return running;
    if (this.#windows.size >= this.#sweepAt) this.#sweep();
    const window = { count: 0, endsAt: this.#clock.monotonic() + length, length, limit };
    this.#windows.set(name, window);
    return window;
  }

  /** How many are in memory, ended ones included. */
  get size(): number {
    return this.#windows.size;
  }

  #sweep(): void {
    const now = this.#clock.monotonic();
    for (const [name, { endsAt }] of this.#windows) if (endsAt <= now) this.#windows.delete(name);
    this.#sweepAt = Math.max(SWEEP_MIN, this.#windows.size * 2);
  }
}
