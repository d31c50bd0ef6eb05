import { RateLimitedError } from '../core/errors.ts';

/** How many operations of a lane run at a time, and how many may wait. */
const LANE_MAX = { running: 4, waiting: 250 };

/** Entries per part. Once parts with as many have begun in a turn of the event loop, others begin in the next turns. */
const ENTRIES_PER_TURN = 100;

const RETRY_AFTER_S = 1;

interface Waiting {
  readonly entries: number;
  begin(): void;
}

interface Lane {
  running: number;
  readonly waiting: Waiting[];
}

/**
 * Lets operations run in turn. Each kind of operation of each credential has a lane, of which a few run at a time, in the
 * order of arrival. Lanes take turns, and large operations are cut into parts, between which the event loop gets to
 * everything else.
 */
export class FairTurns {
  readonly #lanes = new Map<string, Lane>();
  /** Lanes whose first operation can begin, in the order in which it is their turn. */
  readonly #ready = new Set<Lane>();
  /** Entries of operations that have begun in this turn of the event loop. */
  #begun = 0;
  #isScheduled = false;

  /**
   * Runs an operation in parts, one after the other, each when it is its turn. Resolves with the results of all. Rejects
   * with RateLimitedError if too many of its lane wait, or like `work`.
   */
  async run<T, Result>(
    name: string,
    entries: readonly T[],
    work: (part: readonly T[]) => Promise<readonly Result[]>,
  ): Promise<Result[]> {
    const results: Result[] = [];
    for (let start = 0; start < entries.length; start += ENTRIES_PER_TURN) {
      const part = entries.slice(start, start + ENTRIES_PER_TURN);
      results.push(...(await this.#runPart(name, part.length, start > 0, () => work(part))));
    }
    return results;
  }

  async #runPart<T>(name: string, entries: number, isContinued: boolean, work: () => Promise<T>): Promise<T> {
    const lane = this.#lanes.get(name) ?? { running: 0, waiting: [] };
    this.#lanes.set(name, lane);
    const isFree = this.#ready.size === 0 && lane.running < LANE_MAX.running;
    if (isFree && this.#begun < ENTRIES_PER_TURN) this.#begin(lane, entries);
    else await this.#wait(lane, entries, isContinued);
    try {
      return await work();
    } finally {
      lane.running -= 1;
      if (lane.running === 0 && lane.waiting.length === 0) this.#lanes.delete(name);
      this.#check(lane);
    }
  }

  /** Number of operations that wait. */
  get waiting(): number {
    let count = 0;
    for (const { waiting } of this.#lanes.values()) count += waiting.length;
    return count;
  }

  /** Number of lanes with operations that run or wait. */
  get size(): number {
    return this.#lanes.size;
  }

  #wait(lane: Lane, entries: number, isContinued: boolean): Promise<void> {
    if (!isContinued && lane.waiting.length >= LANE_MAX.waiting)
      throw new RateLimitedError('Too many operations of verifiers with this credential wait', RETRY_AFTER_S);
    return new Promise((resolve) => {
      const waiting = { entries, begin: resolve };
      if (isContinued) lane.waiting.unshift(waiting);
      else lane.waiting.push(waiting);
      this.#check(lane);
    });
  }

  #begin(lane: Lane, entries: number): void {
    lane.running += 1;
    this.#begun += entries;
    this.#schedule();
  }

  /** Whether one of the lane's operations can begin now has changed. */
  #check(lane: Lane): void {
    if (lane.waiting.length === 0 || lane.running >= LANE_MAX.running) return;
    this.#ready.add(lane);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#begun = 0;
      this.#next();
    });
  }

  #next(): void {
    for (const lane of this.#ready) {
      if (this.#begun >= ENTRIES_PER_TURN) break;
      this.#ready.delete(lane);
      const first = lane.waiting.shift();
      if (!first) continue;
      this.#begin(lane, first.entries);
      first.begin();
      // Behind the other lanes.
      this.#check(lane);
    }
    if (this.#ready.size > 0) this.#schedule();
  }
}
