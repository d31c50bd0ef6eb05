/** A longer delay would fire at once: 24.8 days, milliseconds. */
const DELAY_MAX = 2 ** 31 - 1;

/** One timer for the earliest of many times. It may fire early, and is then set again. */
export class PinTimer {
  readonly #onTime: () => void;
  #timer: NodeJS.Timeout | null = null;
  /** `performance.now()`. */
  #at = Number.POSITIVE_INFINITY;

  constructor(onTime: () => void) {
    this.#onTime = onTime;
  }

  /** Calls back after this time, milliseconds, unless it does so earlier anyway. Infinity: no effect. */
  within(milliseconds: number): void {
    const delay = Math.min(DELAY_MAX, Math.max(0, Math.ceil(milliseconds)));
    const at = performance.now() + delay;
    if (milliseconds === Number.POSITIVE_INFINITY || this.#at <= at) return;
    this.#clear();
    this.#at = at;
    this.#timer = setTimeout(() => {
      this.#clear();
      this.#onTime();
    }, delay).unref();
  }

  stop(): void {
    this.#clear();
  }

  #clear(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#at = Number.POSITIVE_INFINITY;
  }
}
