/** A change that narrows what one key may do, or all. Each one begins a new generation of the keys concerned. */
export interface Change {
  readonly sequence: number;
  /** Null: all keys. */
  readonly key: number | null;
  /** The generations that it began, by key. */
  readonly generations: ReadonlyMap<number, number>;
}

/** A key as it was read, and the sequence up to which that includes all changes. */
export interface Row {
  readonly key: number;
  readonly generation: number;
  readonly sequence: number;
}

/** What the servers have in common. */
export class Database {
  readonly changes: Change[] = [];
  /** Beats of servers, as in the table `nodes`. */
  readonly beats = new Map<string, number>();
  /** SQLite: the longest lease that may be held. Null: the mark that none is. */
  longestLeaseMs: number | null = null;
  readonly #generations: number[];

  constructor(keys: number) {
    this.#generations = Array.from({ length: keys }, () => 0);
  }

  get sequence(): number {
    return this.changes.length;
  }

  commit(key: number | null): Change {
    const generations = new Map<number, number>();
    for (const [index, generation] of this.#generations.entries()) {
      if (key !== null && key !== index) continue;
      this.#generations[index] = generation + 1;
      generations.set(index, generation + 1);
    }
    const change = { sequence: this.sequence + 1, key, generations };
    this.changes.push(change);
    return change;
  }

  read(key: number): Row {
    return { key, generation: this.#generations[key] ?? 0, sequence: this.sequence };
  }
}
