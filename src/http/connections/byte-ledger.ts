import { addressBudgets } from '../../core/address-networks.ts';
import type { Budget } from '../../core/budgets.ts';

/** A holder of buffered bytes. */
export interface Holder {
  /** The client's address. Undefined: many clients, whose bytes count only towards the total. Null: unknown. */
  readonly ip: string | null | undefined;
  /** Current number of bytes. */
  measure(): number;
  /** Releases all bytes immediately, because there are too many. */
  cut(): void;
}

interface Held {
  bytes: number;
  readonly budgets: readonly Budget[];
}

/** Limits in bytes: in total, and per address (an IPv6 address's /64; wider networks have a multiple). */
export interface ByteLimits {
  readonly all: number;
  readonly perAddress: number;
}

/** Tracks bytes buffered for clients. If there are too many, the holder with the most is closed. */
export class ByteLedger {
  readonly #limits: ByteLimits;
  readonly #held = new Map<Holder, Held>();
  readonly #sums = new Map<string, number>();
  #all = 0;
  #cut = 0;

  constructor(limits: ByteLimits) {
    this.#limits = limits;
  }

  /** Buffered bytes. */
  get bytes(): number {
    return this.#all;
  }

  /** Number of holders closed so far. */
  get cut(): number {
    return this.#cut;
  }

  /** Number of holders. */
  get size(): number {
    return this.#held.size;
  }

  /** Measures a holder and drops it if it is empty. May close it, and others. */
  note(holder: Holder): void {
    if (this.#measure(holder) > 0) this.#enforce(holder);
  }

  /** Removes a holder. */
  release(holder: Holder): void {
    const held = this.#held.get(holder);
    if (!held) return;
    this.#held.delete(holder);
    this.#add(held, -held.bytes);
  }

  #measure(holder: Holder): number {
    const bytes = holder.measure();
    if (bytes <= 0) {
      this.release(holder);
      return 0;
    }
    const known = this.#held.get(holder);
    const held = known ?? {
      bytes: 0,
      budgets: holder.ip === undefined ? [] : addressBudgets(holder.ip, this.#limits.perAddress),
    };
    if (!known) this.#held.set(holder, held);
    this.#add(held, bytes - held.bytes);
    return bytes;
  }

  #add(held: Held, bytes: number): void {
    held.bytes += bytes;
    this.#all += bytes;
    for (const { name } of held.budgets) {
      const sum = (this.#sums.get(name) ?? 0) + bytes;
      if (sum > 0) this.#sums.set(name, sum);
      else this.#sums.delete(name);
    }
  }

  #enforce(holder: Holder): void {
    const budgets = [...(this.#held.get(holder)?.budgets ?? []), { name: null, limit: this.#limits.all }];
    for (const { name, limit } of budgets) {
      const sum = (): number => (name === null ? this.#all : (this.#sums.get(name) ?? 0));
      if (sum() <= limit) continue;
      // Releasing may have changed the number in the meantime.
      for (const one of [...this.#held.keys()]) this.#measure(one);
      while (sum() > limit) this.#cutLargest(name);
    }
  }

  #cutLargest(name: string | null): void {
    let largest: readonly [Holder, Held] | null = null;
    for (const entry of this.#held) {
      const isWithin = name === null || entry[1].budgets.some((budget) => budget.name === name);
      if (isWithin && entry[1].bytes > (largest?.[1].bytes ?? 0)) largest = entry;
    }
    if (!largest) throw new Error('Bytes are counted without a holder');
    this.#cut += 1;
    this.release(largest[0]);
    largest[0].cut();
  }
}
