/** Shortest interval between two requests for a lease, milliseconds. */
const RENEW_MIN_MS = 20;

/** Longest interval, milliseconds: a timer that waits for more than 2^31 - 1 fires at once. */
const RENEW_MAX_MS = 60_000;

/** Requests leases, so often that one request may be lost: as the welcome says, or more often while leases are shorter. */
export class Renewals {
  readonly #longestMs: number;
  /** What share of a lease passes from one request to the next. */
  readonly #share: number;
  readonly #renew: () => void;
  #intervalMs: number;
  #renewedAt = performance.now();
  #timer: NodeJS.Timeout;

  /** `renewMs` and `leaseMs` are those of the welcome. The first request is the caller's. */
  constructor({ renewMs, leaseMs }: { renewMs: number; leaseMs: number }, renew: () => void) {
    this.#longestMs = Math.min(renewMs, leaseMs, RENEW_MAX_MS);
    this.#share = Math.min(renewMs, leaseMs) / leaseMs;
    this.#renew = renew;
    this.#intervalMs = Math.max(RENEW_MIN_MS, this.#longestMs);
    this.#timer = this.#next(this.#intervalMs);
  }

  /** A lease of this length was granted. */
  leased(leaseMs: number): void {
    const intervalMs = Math.max(RENEW_MIN_MS, Math.min(this.#longestMs, leaseMs * this.#share));
    if (intervalMs === this.#intervalMs) return;
    this.#intervalMs = intervalMs;
    clearTimeout(this.#timer);
    this.#timer = this.#next(this.#renewedAt + intervalMs - performance.now());
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #next(waitMs: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#renewedAt = performance.now();
      this.#timer = this.#next(this.#intervalMs);
      this.#renew();
    }, waitMs);
  }
}
