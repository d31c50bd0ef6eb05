/** Uses are counted in periods of this length, milliseconds. */
const PERIOD_MS = 5_000;

/** Number of keys that are remembered. Others count as not used. */
const KEYS_MAX = 10_000;

interface Uses {
  /** Number of the period. */
  period: number;
  count: number;
  /** In the period before. */
  before: number;
}

/** How often a verifier has recently used keys, by what it says of the slices that it returns. */
export class KeyUses {
  readonly #keys = new Map<string, Uses>();

  /** `now` is of `performance.now()`. */
  add(keyId: string, count: number, now: number): void {
    const uses = this.#current(keyId, now);
    uses.count += count;
    // The one that was not used for longest is first.
    this.#keys.delete(keyId);
    this.#keys.set(keyId, uses);
    const [oldest] = this.#keys.keys();
    if (this.#keys.size > KEYS_MAX && oldest !== undefined) this.#keys.delete(oldest);
  }

  /** Uses of a key in five seconds: the most of this period and the one before. */
  recent(keyId: string, now: number): number {
    const { count, before } = this.#current(keyId, now);
    return Math.max(count, before);
  }

  #current(keyId: string, now: number): Uses {
    const period = Math.floor(now / PERIOD_MS);
    const known = this.#keys.get(keyId);
    if (known?.period === period) return known;
    return { period, count: 0, before: known?.period === period - 1 ? known.count : 0 };
  }
}
