/**
 * Work of which one run is under way at a time. A call during a run resolves with the next one, which begins after the
 * call and serves all calls until then.
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

  /** Resolves, or rejects, as a run that begins now or later. */
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
