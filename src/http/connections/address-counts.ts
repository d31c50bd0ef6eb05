import { addressBudgets } from '../../core/address-networks.ts';

/** Counts resources per address, and per network of an IPv6 address. */
export class AddressCounts {
  readonly #limit: number;
  readonly #counts = new Map<string, number>();

  /** `limit`: maximum per address. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds one. Returns false and adds nothing if the address has reached its limit. */
  add(ip: string | null): boolean {
    const budgets = addressBudgets(ip, this.#limit);
    if (budgets.some(({ name, limit }) => (this.#counts.get(name) ?? 0) >= limit)) return false;
    for (const { name } of budgets) this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    return true;
  }

  /** Subtracts one. */
  remove(ip: string | null): void {
    for (const { name } of addressBudgets(ip, this.#limit)) {
      const count = (this.#counts.get(name) ?? 1) - 1;
      if (count > 0) this.#counts.set(name, count);
      else this.#counts.delete(name);
    }
  }
}
