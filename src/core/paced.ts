import { setImmediate as turn } from 'node:timers/promises';
import { type Clock, systemClock } from './clock.ts';

/**
 * Work that anyone may ask for as often as they like. It starts at once where it has rested, else `everyMs`
 * milliseconds after its last start, and never runs twice at a time: one run does what was asked for until it started.
 */
export class Paced {
  readonly #everyMs: number;
  readonly #work: () => Promise<void>;
  #asked = false;
  #running = false;
  #stopped = false;
  #startedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;

  /** `work` handles its own errors; where it rejects nevertheless, nothing happens. */
  constructor(everyMs: number, work: () => Promise<void>) {
    this.#everyMs = everyMs;
    this.#work = work;
  }

  /** Has the work done by a run that has not started yet. */
  ask(): void {
    this.#asked = true;
    this.#schedule();
  }

  /** Starts no more runs. */
  stop(): void {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (!this.#asked || this.#running || this.#timer || this.#stopped) return;
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
    this.#asked = false;
    this.#running = true;
    this.#startedAt = performance.now();
    await this.#work().catch(() => {});
    this.#running = false;
    this.#schedule();
  }
}

/** How long background work goes on at most before everything else has its turn, milliseconds. */
const TURN_MS = 8;

/** How work is cut into batches. */
export interface Batching {
  /** How much the first batch does, and the least that any does: what a transaction costs is shared by so much. */
  readonly min: number;
  /** Most that one batch does. */
  readonly max: number;
  /** Whether to stop before the next batch; omitted: never. */
  readonly stopped?: (() => boolean) | undefined;
  /** What measures how long a batch takes; omitted: the machine's. */
  readonly clock?: Pick<Clock, 'monotonic'> | undefined;
}

/**
 * Does much work in batches of about 8 milliseconds. Whatever waits has its turn between two of them: requests on this
 * thread, and changes that wait for the database. `work` does up to `size` of it and resolves with how much that was; less
 * than `size` is the end. Resolves with how much was done in all.
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
    // Doubled and halved: statements that differ only by their length are compiled a few times.
    if (took > TURN_MS) size = Math.max(min, Math.floor(size / 2));
    else if (took < TURN_MS / 2) size = Math.min(max, size * 2);
    await turn();
  }
  return total;
}

/** Something done one by one that lets everything else have its turn when it has gone on for a while. */
export class Turns {
  readonly #clock: Pick<Clock, 'monotonic'>;
  #end: number;

  /** Begins a turn, measured by the machine's clock unless told otherwise. */
  constructor(clock: Pick<Clock, 'monotonic'> = systemClock) {
    this.#clock = clock;
    this.#end = clock.monotonic() + TURN_MS;
  }

  /** Whether it is time to `rest`. */
  get isOver(): boolean {
    return this.#clock.monotonic() >= this.#end;
  }

  /** Resolves when everything that waited has had its turn. */
  async rest(): Promise<void> {
    await turn();
    this.#end = this.#clock.monotonic() + TURN_MS;
  }
}
