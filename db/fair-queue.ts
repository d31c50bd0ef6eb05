import { RateLimitedError, UnavailableError } from '../src/core/errors.ts';

/** Concurrency and queue limits. */
export interface FairQueueLimits {
  /** Maximum number running at once. Each has its own lane, numbered from 0. */
  readonly lanes: number;
  /** Maximum number running at once per group. */
  readonly lanesPerGroup: number;
  /** Maximum queue length per group. */
  readonly waitingPerGroup: number;
  /** Maximum queue length in total. */
  readonly waiting: number;
  /** Maximum wait, milliseconds. */
  readonly waitMs: number;
}

/** The right to run, until it is released. */
export interface Slot {
  readonly lane: number;
  release(): void;
}

interface Waiting {
  start(): void;
  fail(error: Error): void;
}

/**
 * Limits concurrency. Takes queued work from each group in turn, so a group's next item waits for at most one item of
 * each other group.
 */
export class FairQueue {
  readonly #limits: FairQueueLimits;
  readonly #freeLanes: number[];
  readonly #running = new Map<string, number>();
  /** In the order of their turns. */
  readonly #waiting = new Map<string, Set<Waiting>>();
  #waitingCount = 0;
  #isClosed = false;

  constructor(limits: FairQueueLimits) {
    this.#limits = limits;
    // Takes the lowest lane first, so that the others stay unused while one is enough.
    this.#freeLanes = Array.from({ length: limits.lanes }, (_, lane) => lane);
  }

  /**
   * Resolves when the work may run. Rejects with RateLimitedError if too many of its group are queued, and with
   * UnavailableError if too many are queued in total, it has waited too long, or the queue is closed.
   */
  enter(group: string): Promise<Slot> {
    const { waitingPerGroup, waiting, waitMs } = this.#limits;
    if (this.#isClosed) return Promise.reject(closed());
    const own = this.#waiting.get(group) ?? new Set();
    if (own.size === 0 && this.#mayRun(group)) return Promise.resolve(this.#take(group));
    if (own.size >= waitingPerGroup)
      return Promise.reject(
        new RateLimitedError('Too many lists and reports of the organization are queued', 1),
      );
    if (this.#waitingCount >= waiting)
      return Promise.reject(new UnavailableError('Too many lists and reports are queued'));
    return new Promise((resolve, reject) => {
      const one: Waiting = {
        start: () => {
          clearTimeout(timer);
          resolve(this.#take(group));
        },
        fail: (error) => {
          clearTimeout(timer);
          this.#remove(group, one);
          reject(error);
        },
      };
      const timer = setTimeout(
        () => one.fail(new UnavailableError('The list or report was queued for too long')),
        waitMs,
      );
      own.add(one);
      this.#waiting.set(group, own);
      this.#waitingCount += 1;
    });
  }

  /** Stops starting queued work. */
  close(): void {
    this.#isClosed = true;
    for (const own of [...this.#waiting.values()]) for (const one of [...own]) one.fail(closed());
  }

  #mayRun(group: string): boolean {
    return this.#freeLanes.length > 0 && (this.#running.get(group) ?? 0) < this.#limits.lanesPerGroup;
  }

  #take(group: string): Slot {
    const lane = this.#freeLanes.shift() as number;
    this.#running.set(group, (this.#running.get(group) ?? 0) + 1);
    let isReleased = false;
    return {
      lane,
      release: () => {
        if (isReleased) return;
        isReleased = true;
        this.#release(group, lane);
      },
    };
  }

  #release(group: string, lane: number): void {
    this.#freeLanes.push(lane);
    this.#freeLanes.sort((a, b) => a - b);
    const others = (this.#running.get(group) ?? 0) - 1;
    if (others > 0) this.#running.set(group, others);
    else this.#running.delete(group);
    this.#startNext();
  }

  #startNext(): void {
    for (const [group, own] of this.#waiting) {
      if (!this.#mayRun(group)) continue;
      const [next] = own;
      if (!next) continue;
      this.#remove(group, next);
      if (own.size > 0) {
        // Moves the group to the end of the order.
        this.#waiting.delete(group);
        this.#waiting.set(group, own);
      }
      next.start();
      return;
    }
  }

  #remove(group: string, one: Waiting): void {
    const own = this.#waiting.get(group);
    if (!own?.delete(one)) return;
    this.#waitingCount -= 1;
    if (own.size === 0) this.#waiting.delete(group);
  }
}

function closed(): Error {
  return new UnavailableError('The database is closed');
}
