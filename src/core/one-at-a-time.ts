/**
 * Work that never runs concurrently. A call during a run resolves with the next run, which starts after the call and
 * serves all calls until then.
 */
export class OneAtATime {
  readonly #work: () => Promise<void>;
  #running: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  get isRunning(): boolean {
    return this.#running !== null;
  }

  /** Resolves, or rejects, with a run that starts now or later. */
  run(): Promise<void> {
    const running = this.#running;
    if (running) {
      this.#next ??= running
        .catch(() => {})
        .then(() => {
          this.#next = null;
          return this.run();
        });
      return this.#next;
    }
    this.#running = this.#work().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }
}
