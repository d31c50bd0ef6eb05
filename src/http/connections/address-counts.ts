import { addressBudgets } from '../../core/address-networks.ts';

/** Counts what addresses have of something, in an IPv6 address's networks too. */
export class AddressCounts {
  readonly #limit: number;
  readonly #counts = new Map<string, number>();

  /** `limit`: how many one address may have. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts one more; returns false, and counts nothing, where the address has as many as it may have. */
  add(ip: string | null): boolean {
    const budgets = addressBudgets(ip, this.#limit);
    if (budgets.some(({ name, limit }) => (this.#counts.get(name) ?? 0) >= limit)) return false;
    for (const { name } of budgets) this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    return true;
  }

  /** Counts one less. */
  remove(ip: string | null): void {
    for (const { name } of addressBudgets(ip, this.#limit)) {
      const count = (this.#counts.get(name) ?? 1) - 1;
      if (count > 0) this.#counts.set(name, count);
      else this.#counts.delete(name);
    }
  }
}
