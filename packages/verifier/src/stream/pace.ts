import { BusyError } from './refused-error.ts';

/** At the server, a message counts once for each started block of this many characters. */
const BYTES_PER_MESSAGE = 4_096;

/** Longest time without messages after the server has rejected one with RATE_LIMITED, milliseconds. */
const REST_MS_MAX = 1_000;

/** Spreads messages, so that a server that limits them doesn't hold back the others on the same connection. */
export class Pace {
  readonly #intervalMs: number;
  readonly #burstMs: number;
  /** When the messages so far would all be sent, one per interval; `performance.now()`. */
  #busyUntil = 0;

  /** So many per second, and so many at once after a pause. */
  constructor(perSecond: number, burst: number) {
    this.#intervalMs = 1_000 / perSecond;
    this.#burstMs = burst * this.#intervalMs;
  }

  /** Counts a message. Returns how long to wait before it is sent, milliseconds. */
  next(now = performance.now()): number {
    this.#busyUntil = Math.max(now, this.#busyUntil) + this.#intervalMs;
    return Math.max(0, this.#busyUntil - now - this.#burstMs);
  }

  /** Lets no message pass for this time, milliseconds. Those that follow are spread again. */
  rest(milliseconds: number, now = performance.now()): void {
    this.#busyUntil = Math.max(this.#busyUntil, now + this.#burstMs + milliseconds - this.#intervalMs);
  }

  /** Waits for an answer. If the server says that it has too much to do, it gets nothing for a random while. */
  async heeding<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof BusyError)
        this.rest(Math.min(REST_MS_MAX, error.retryAfterMs) * (0.5 + Math.random() / 2));
      throw error;
    }
  }

  /** The last message has this size, bytes: it counts more, which delays the next ones. */
  longer(bytes: number): void {
    this.#busyUntil += Math.floor(bytes / BYTES_PER_MESSAGE) * this.#intervalMs;
  }
}
