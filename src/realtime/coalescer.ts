interface Pending<V> {
  /** Not delivered before this time, milliseconds of the monotonic clock. */
  due: number;
  count: number;
  newest: V;
}

/** A key's values in its interval: the newest, and their number. */
export interface Coalesced<V> {
  readonly key: string;
  readonly newest: V;
  readonly count: number;
}

/**
 * Rate-limits values to one per key and interval: the first immediately, then the newest at the end of the interval
 * with the count since the previous one. The last value is always delivered. Keeps no state for keys idle for an
 * interval.
 */
export class Coalescer<V> {
  readonly #intervalMs: number;
  readonly #emit: (value: Coalesced<V>) => void;
  readonly #newer: (known: V, value: V) => V;
  /** In due order: every key waits equally long. */
  readonly #keys = new Map<string, Pending<V>>();
  #timer: NodeJS.Timeout | null = null;

  /** `newer` picks the newest of a key's known and incoming values. Omitted: the incoming one. */
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

  /** The pending values: how many of each key are counted and not yet delivered. */
  waiting(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const [key, { count }] of this.#keys) if (count > 0) counts.set(key, count);
    return counts;
  }

  /** Drops pending values. */
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
    // Only now: delivered keys are due later than those still pending.
    this.#timer = null;
    this.#arm();
  }
}
