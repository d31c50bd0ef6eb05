interface Waiting<T, Result> {
  readonly one: T;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

interface Group<T, Result> {
  isRunning: boolean;
  readonly waiting: Waiting<T, Result>[];
}

/**
 * Writes in groups. Of a group, one write runs at a time, with what has been added in the meantime; of all groups, a few
 * run at a time, in turn.
 */
export class GroupedWrites<T, Result> {
  readonly #runningMax: number;
  readonly #countOf: (waiting: readonly T[]) => number;
  readonly #write: (taken: readonly T[]) => Promise<Result>;
  readonly #groups = new Map<string, Group<T, Result>>();
  /** Groups that can begin, in the order of their turns. */
  readonly #ready = new Set<string>();
  #running = 0;

  /** `countOf` returns how many entries from the front of a list are written together, at least one. */
  constructor(
    runningMax: number,
    countOf: (waiting: readonly T[]) => number,
    write: (taken: readonly T[]) => Promise<Result>,
  ) {
    this.#runningMax = runningMax;
    this.#countOf = countOf;
    this.#write = write;
  }

  /** Resolves with the result of the write that includes this entry, or rejects like it. */
  add(name: string, one: T): Promise<Result> {
    const group = this.#groups.get(name) ?? { isRunning: false, waiting: [] };
    this.#groups.set(name, group);
    return new Promise((resolve, reject) => {
      group.waiting.push({ one, resolve, reject });
      if (!group.isRunning) this.#ready.add(name);
      this.#next();
    });
  }

  #next(): void {
    for (const name of this.#ready) {
      if (this.#running >= this.#runningMax) return;
      this.#ready.delete(name);
      const group = this.#groups.get(name);
      if (group) void this.#run(name, group);
    }
  }

  async #run(name: string, group: Group<T, Result>): Promise<void> {
    this.#running += 1;
    group.isRunning = true;
    const taken = group.waiting.splice(0, this.#countOf(group.waiting.map(({ one }) => one)));
    try {
      const result = await this.#write(taken.map(({ one }) => one));
      for (const { resolve } of taken) resolve(result);
    } catch (error) {
      for (const { reject } of taken) reject(error);
    }
    group.isRunning = false;
    this.#running -= 1;
    if (group.waiting.length > 0) this.#ready.add(name);
    else this.#groups.delete(name);
    this.#next();
  }
}
