import { setTimeout as pause } from 'node:timers/promises';
import { UnavailableError } from '../../src/core/errors.ts';
import { DatabaseLockedError } from '../outages.ts';
import { sqliteError } from './errors.ts';

/** Delays between two attempts to get a lock, milliseconds. SQLite has no queue: frequent attempts win. */
const PAUSE_MIN_MS = 1;
const PAUSE_MAX_MS = 25;

/** Maximum number of writes of this process that wait for others. */
const WAITING_MAX = 1_000;

/** When a wait times out, by the monotonic clock. */
export type Deadline = number;

export function deadlineIn(milliseconds: number): Deadline {
  return performance.now() + milliseconds;
}

/**
 * Calls `attempt` until it succeeds or fails for another reason than a lock, with pauses in which other work runs.
 * Rejects with its errors, as converted by `sqliteError`, or with DatabaseLockedError after the deadline.
 */
export async function retryWhileLocked<T>(attempt: () => T, deadline: Deadline): Promise<Awaited<T>> {
  for (let longest = PAUSE_MIN_MS; ; longest = Math.min(2 * longest, PAUSE_MAX_MS)) {
    try {
      // Not awaited: a later rejection is not retried.
      return attempt() as Awaited<T>;
    } catch (thrown) {
      const error = sqliteError(thrown);
      const left = deadline - performance.now();
      if (!(error instanceof DatabaseLockedError) || left <= 0) throw error;
      await pause(Math.min(left, longest * (0.5 + Math.random() / 2)));
    }
  }
}

interface Waiting {
  proceed(): void;
  fail(error: Error): void;
}

/**
 * Runs one write of this process at a time, in order, and one per turn of the event loop: a write blocks the thread
 * until it is on disk, so verifications are served in between.
 */
export class WriteTurns {
  #taken = false;
  #closed = false;
  readonly #waiting = new Set<Waiting>();
  readonly #check: () => void;

  /** `check` is called before each write, and throws if none is possible. */
  constructor(check: () => void = () => {}) {
    this.#check = check;
  }

  /**
   * Resolves when it is the caller's turn, until `end`. Rejects with UnavailableError after the deadline, or if the check
   * fails.
   */
  async begin(deadline: Deadline): Promise<void> {
    await this.#turn(deadline);
    try {
      this.#check();
    } catch (error) {
      this.end();
      throw error;
    }
  }

  async #turn(deadline: Deadline): Promise<void> {
    if (this.#closed) throw closed();
    if (!this.#taken) {
      this.#taken = true;
      return;
    }
    if (this.#waiting.size >= WAITING_MAX) throw new UnavailableError('Too many changes are queued');
    await new Promise<void>((resolve, reject) => {
      const one: Waiting = {
        proceed: () => {
          clearTimeout(timer);
          resolve();
        },
        fail: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(one);
        reject(new UnavailableError('The change was queued for too long'));
      }, deadline - performance.now());
      this.#waiting.add(one);
    });
  }

  /** Runs work in its own turn. */
  async within<T>(deadline: Deadline, work: () => Promise<T>): Promise<T> {
    await this.begin(deadline);
    try {
      return await work();
    } finally {
      this.end();
    }
  }

  /** Must be called once for each `begin` that resolved. */
  end(): void {
    setImmediate(() => this.#pass());
  }

  #pass(): void {
    const [next] = this.#waiting;
    if (next) {
      this.#waiting.delete(next);
      next.proceed();
    } else {
      this.#taken = false;
    }
  }

  /** Stops starting queued work. */
  close(): void {
    this.#closed = true;
    for (const one of this.#waiting) one.fail(closed());
    this.#waiting.clear();
  }
}

function closed(): Error {
  return new UnavailableError('The database is closed');
}
