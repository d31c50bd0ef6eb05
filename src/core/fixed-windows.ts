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

/** With fewer windows than this, ended ones are not removed. */
const SWEEP_MIN = 1_024;

/**
 * Counts by name in windows that start with the first count. Their length is independent of the wall clock. Ended
 * windows are removed whenever the number of windows has doubled.
 */
export class FixedWindows {
  readonly #clock: Clock;
  readonly #windows = new Map<string, Window>();
  #sweepAt = SWEEP_MIN;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The current window with this name, limit and length (milliseconds), or undefined. */
  running(name: string, limit: number, length: number): Window | undefined {
    const window = this.#windows.get(name);
    const same = window?.limit === limit && window.length === length;
    return same && window.endsAt > this.#clock.monotonic() ? window : undefined;
  }

  /** The current window with this name, whatever its limit and length, or undefined. */
  current(name: string): Window | undefined {
    const window = this.#windows.get(name);
    return window && window.endsAt > this.#clock.monotonic() ? window : undefined;
  }

  /**
   * Like `running`, but starts a window if none is open. A name has one window at a time: another limit or length
   * starts a new one.
   */
  begin(name: string, limit: number, length: number): Window {
    const running = this.running(name, limit, length);
    if (running) return running;
    if (this.#windows.size >= this.#sweepAt) this.#sweep();
    const window = { count: 0, endsAt: this.#clock.monotonic() + length, length, limit };
    this.#windows.set(name, window);
    return window;
  }

  /** Number of windows in memory, including ended ones. */
  get size(): number {
    return this.#windows.size;
  }

  #sweep(): void {
    const now = this.#clock.monotonic();
    for (const [name, { endsAt }] of this.#windows) if (endsAt <= now) this.#windows.delete(name);
    this.#sweepAt = Math.max(SWEEP_MIN, this.#windows.size * 2);
  }
}
