/**
 * What is under way. Not a Set: one that is added to and deleted from all the time is built anew every few requests, each
 * time pointing from the old table to the new, by which garbage keeps the requests of long ago until a full collection.
 */
export class UnderWay<T extends object> implements Iterable<T> {
  readonly #slots: (T | null)[] = [];
  readonly #free: number[] = [];

  /** Adds one, and gives what takes it out again. */
  add(one: T): () => void {
    const slot = this.#free.pop() ?? this.#slots.length;
    this.#slots[slot] = one;
    return () => {
      if (this.#slots[slot] !== one) return;
      this.#slots[slot] = null;
      this.#free.push(slot);
    };
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const one of this.#slots) if (one) yield one;
  }
}
