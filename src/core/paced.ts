/**
 * Work that anybody may ask for as often as they like. It starts at once where it has rested, else `everyMs` milliseconds
 * after its last start, and never runs twice at a time: one run does what was asked for until it started.
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
