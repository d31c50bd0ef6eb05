interface Pending<V> {
  /** Not taken before this time, milliseconds of the monotonic clock. */
  due: number;
  count: number;
  newest: V;
}

/** What a key came to in its interval: the newest value, and how many there were. */
export interface Coalesced<V> {
  readonly key: string;
  readonly newest: V;
  readonly count: number;
}

/**
 * Lets at most one value of each key through in an interval: the first at once, then the newest, when the interval is
 * over, with the count of all since the last. A last value always comes through. Holds nothing of keys that have been
 * quiet for an interval.
 */
export class Coalescer<V> {
  readonly #intervalMs: number;
  readonly #emit: (value: Coalesced<V>) => void;
  readonly #newer: (known: V, value: V) => V;
  /** In the order in which they are due: every key waits equally long. */
  readonly #keys = new Map<string, Pending<V>>();
  #timer: NodeJS.Timeout | null = null;

  /** `newer` says which of a key's values is the newest: the one known, or the one that came (left out: always that). */
  constructor(
    intervalMs: number,
    emit: (value: Coalesced<V>) => void,
    newer = (_known: V, value: V) => value,
  ) {
    this.#intervalMs = intervalMs;
    this.#emit = emit;
    this.#newer = newer;
  }

  add(key: string, value: V, count = 1): void {
    const pending = this.#keys.get(key);
    if (pending) {
      pending.newest = this.#newer(pending.newest, value);
      pending.count += count;
      return;
    }
    this.#let(key, value, count);
  }

  /** What waits now: how many of each key are counted and not yet let through. */
  waiting(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const [key, { count }] of this.#keys) if (count > 0) counts.set(key, count);
    return counts;
  }

  /** Drops what waits. */
  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#keys.clear();
  }

  #let(key: string, newest: V, count: number): void {
    this.#keys.delete(key);
    this.#keys.set(key, { due: performance.now() + this.#intervalMs, count: 0, newest });
    this.#arm();
    this.#emit({ key, newest, count });
  }

  /** Waits for the key that is due first, unless that is waited for. */
  #arm(): void {
    if (this.#timer) return;
    const [first] = this.#keys.values();
    if (first) this.#timer = setTimeout(() => this.#tick(), Math.ceil(first.due - performance.now()));
  }

  #tick(): void {
    const now = performance.now();
    for (const [key, { due, count, newest }] of this.#keys) {
      if (due > now) break;
      this.#keys.delete(key);
      if (count > 0) this.#let(key, newest, count);
    }
    // Only now: those let through are due later than those that still wait.
    this.#timer = null;
    this.#arm();
  }
}
