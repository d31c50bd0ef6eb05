import { UnavailableError } from '../core/errors.ts';

interface Waiting<T, Result> {
  readonly one: T;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

interface Group<T, Result> {
  readonly owner: string;
  isRunning: boolean;
  readonly waiting: Waiting<T, Result>[];
}

/**
 * Writes in groups. Of a group, one write runs at a time, with what has been added in the meantime; of all groups, a few
 * run at a time. Their owners take turns, and so do the groups of an owner.
 */
export class GroupedWrites<T, Result> {
  readonly #runningMax: number;
  readonly #countOf: (waiting: readonly T[]) => number;
  readonly #write: (taken: readonly T[]) => Promise<Result>;
  readonly #groups = new Map<string, Group<T, Result>>();
  /** Groups that can begin, by owner, both in the order of their turns. */
  readonly #ready = new Map<string, Set<string>>();
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

  /**
   * Resolves with the result of the write that includes this entry, or rejects like it. If several entries can't be
   * written together, for another reason than an outage, each half is written separately.
   */
  add(name: string, one: T, owner = name): Promise<Result> {
    const group = this.#groups.get(name) ?? { owner, isRunning: false, waiting: [] };
    this.#groups.set(name, group);
    return new Promise((resolve, reject) => {
      group.waiting.push({ one, resolve, reject });
      if (!group.isRunning) this.#await(name, group);
      this.#next();
    });
  }

  #await(name: string, { owner }: Group<T, Result>): void {
    this.#ready.set(owner, (this.#ready.get(owner) ?? new Set()).add(name));
  }

  #next(): void {
    for (const [owner, names] of this.#ready) {
      if (this.#running >= this.#runningMax) return;
      this.#ready.delete(owner);
      const [name = ''] = names;
      names.delete(name);
      // Behind the other owners.
      if (names.size > 0) this.#ready.set(owner, names);
      const group = this.#groups.get(name);
      if (group) void this.#run(name, group);
    }
  }

  async #run(name: string, group: Group<T, Result>): Promise<void> {
    this.#running += 1;
    group.isRunning = true;
    const taken = group.waiting.splice(0, this.#countOf(group.waiting.map(({ one }) => one)));
    await this.#settle(taken);
    group.isRunning = false;
    this.#running -= 1;
    if (group.waiting.length > 0) this.#await(name, group);
    else this.#groups.delete(name);
    this.#next();
  }

  /** Never rejects. */
  async #settle(taken: readonly Waiting<T, Result>[]): Promise<void> {
    try {
      const result = await this.#write(taken.map(({ one }) => one));
      for (const { resolve } of taken) resolve(result);
    } catch (error) {
      if (taken.length > 1 && !(error instanceof UnavailableError)) {
        const half = taken.length >> 1;
        await this.#settle(taken.slice(0, half));
        return this.#settle(taken.slice(half));
      }
      for (const { reject } of taken) reject(error);
    }
  }
}
