import { setImmediate as turn } from 'node:timers/promises';
import { type Clock, systemClock } from './clock.ts';

/**
 * Work that anyone may request at any rate. It starts immediately if it has rested, otherwise `everyMs` milliseconds
 * after its last start, and never runs concurrently. One run serves all requests before its start.
 */
export class Paced {
  readonly #everyMs: number;
  readonly #work: () => Promise<void>;
  #requested = false;
  #running = false;
  #stopped = false;
  #startedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;

  /** `work` handles its own errors. Rejections are ignored. */
  constructor(everyMs: number, work: () => Promise<void>) {
    this.#everyMs = everyMs;
    this.#work = work;
  }

  /** Requests a run that has not started yet. */
  ask(): void {
    this.#requested = true;
    this.#schedule();
  }

  /** Starts no further runs. */
  stop(): void {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (!this.#requested || this.#running || this.#timer || this.#stopped) return;
    const wait = this.#startedAt + this.#everyMs - performance.now();
    if (wait <= 0) {
      void this.#run();
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#run();
    }, Math.ceil(wait)).unref();
  }

  async #run(): Promise<void> {
    this.#requested = false;
    this.#running = true;
    this.#startedAt = performance.now();
    await this.#work().catch(() => {});
    this.#running = false;
    this.#schedule();
  }
}

/** Maximum duration of background work before other work is served, milliseconds. */
const TURN_MS = 8;

/** The size of batches. */
export interface Batching {
  /** Size of the first batch, and the minimum: it amortizes the cost of a transaction. */
  readonly min: number;
  /** Maximum size of a batch. */
  readonly max: number;
  /** Whether to stop before the next batch. Omitted: never. */
  readonly stopped?: (() => boolean) | undefined;
  /** Measures how long a batch takes. Omitted: the system's clock. */
  readonly clock?: Pick<Clock, 'monotonic'> | undefined;
}

/**
 * Does a large amount of work in batches of about 8 milliseconds. Requests on this thread, and changes that wait for
 * the database, are served between batches. `work` does up to `size` and resolves with the amount done; less than
 * `size` ends the work. Resolves with the total.
 */
export async function inBatches(
  { min, max, stopped = () => false, clock = systemClock }: Batching,
  work: (size: number) => Promise<number>,
): Promise<number> {
  let total = 0;
  for (let size = min; !stopped(); ) {
    const start = clock.monotonic();
    const done = await work(size);
    total += done;
    if (done < size) break;
    const took = clock.monotonic() - start;
    // Doubled and halved, so that statements that differ only in length are compiled a few times.
    if (took > TURN_MS) size = Math.max(min, Math.floor(size / 2));
    else if (took < TURN_MS / 2) size = Math.min(max, size * 2);
    await turn();
  }
  return total;
}

/** A loop that yields to other work after it has run for a while. */
export class Turns {
  readonly #clock: Pick<Clock, 'monotonic'>;
  #end: number;

  /** Starts a turn. `clock` defaults to the system's clock. */
  constructor(clock: Pick<Clock, 'monotonic'> = systemClock) {
    this.#clock = clock;
    this.#end = clock.monotonic() + TURN_MS;
  }

  /** Whether it is time to `rest`. */
  get isOver(): boolean {
    return this.#clock.monotonic() >= this.#end;
  }

  /** Resolves after all waiting work has been served. */
  async rest(): Promise<void> {
    await turn();
    this.#end = this.#clock.monotonic() + TURN_MS;
  }
}
