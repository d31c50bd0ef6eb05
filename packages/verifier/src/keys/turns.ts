import { type Deferred, deferred } from '../stream/deferred.ts';
import { VerifierUnavailableError } from '../verifier-unavailable-error.ts';

/** How many run at a time, and start per second; and how many may wait. */
const RUNNING_MAX = 8;
const STARTS_PER_SECOND = 40;
const WAITING_MAX = 80;

/** Lets a few operations run at a time, and rejects what would wait for too long. */
export class Turns {
  readonly #timeoutMs: number;
  readonly #waiting: Deferred<void>[] = [];
  #running = 0;
  #starts = STARTS_PER_SECOND;
  #at = performance.now();
  #timer: NodeJS.Timeout | null = null;

  /** `timeoutMs`: how long one waits for its turn. */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Runs an operation when it is its turn. Rejects with VerifierUnavailableError if too many wait. */
  async run<T>(operation: () => Promise<T>): Promise<T> {
    if (this.#waiting.length >= WAITING_MAX) throw tooMany();
    const turn = deferred<void>();
    this.#waiting.push(turn);
    const timer = setTimeout(() => {
      const at = this.#waiting.indexOf(turn);
      if (at >= 0) this.#waiting.splice(at, 1);
      turn.reject(tooMany());
    }, this.#timeoutMs);
    this.#next();
    try {
      await turn.promise;
    } finally {
      clearTimeout(timer);
    }
    try {
      return await operation();
    } finally {
      this.#running -= 1;
      this.#next();
    }
  }

  #next(): void {
    const now = performance.now();
    const earned = ((now - this.#at) * STARTS_PER_SECOND) / 1000;
    this.#starts = Math.min(STARTS_PER_SECOND, this.#starts + earned);
    this.#at = now;
    while (this.#running < RUNNING_MAX && this.#starts >= 1) {
      const turn = this.#waiting.shift();
      if (!turn) return;
      this.#running += 1;
      this.#starts -= 1;
      turn.resolve();
    }
    if (this.#waiting.length === 0 || this.#running >= RUNNING_MAX || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#next();
    }, 1000 / STARTS_PER_SECOND);
  }
}

function tooMany(): VerifierUnavailableError {
  return new VerifierUnavailableError('Too many unknown secrets are verified at the moment');
}
