/** At the server, a message counts once for each started block of this many characters. */
const BYTES_PER_MESSAGE = 4_096;

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

  /** The last message has this size, bytes: it counts more, which delays the next ones. */
  longer(bytes: number): void {
    this.#busyUntil += Math.floor(bytes / BYTES_PER_MESSAGE) * this.#intervalMs;
  }
}
