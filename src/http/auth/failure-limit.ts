import type { FailedCaller, FailureLimiter } from '../../access/failure-limiter.ts';
import { addressBudgets } from '../../core/address-networks.ts';
import { type Budget, type BudgetState, Budgets } from '../../core/budgets.ts';
import { type Clock, wallTimeOf } from '../../core/clock.ts';
import type { Policy } from '../../core/rate-limit-headers.ts';
import type { RateLimitState } from '../../core/rate-limit-state.ts';

const WINDOW_SECONDS = 60;

/** Maximum number of names of each kind that are counted at once. */
const NAMES_MAX = 50_000;

/** How many times the budget of an address a caller has in total for the clients it verifies. */
const CALLER_TIMES = 100;

/**
 * Counts failed attempts to present a secret. Beyond the limit, failures are rejected with less detail; valid secrets
 * are always accepted.
 */
export class FailureLimit implements FailureLimiter {
  readonly policy: Policy;
  readonly #clock: Clock;
  readonly #addresses: Budgets;
  /** Separate, so that no caller can evict addresses by reporting others. */
  readonly #named: Budgets;

  constructor(clock: Clock, limit: number) {
    this.policy = { limit, windowSeconds: WINDOW_SECONDS };
    this.#clock = clock;
    const bounds = { windowMs: WINDOW_SECONDS * 1000, max: NAMES_MAX };
    this.#addresses = new Budgets(clock, bounds);
    this.#named = new Budgets(clock, bounds);
  }

  count(ip: string | null): RateLimitState {
    return this.#count(this.#addresses, addressBudgets(ip, this.policy.limit));
  }

  countFor(caller: FailedCaller, ip: string | null): RateLimitState {
    return this.#count(this.#named, this.#budgetsOf(caller, ip));
  }

  allows(ip: string | null): boolean {
    return this.#addresses.has(addressBudgets(ip, this.policy.limit), 1);
  }

  allowsFor(caller: FailedCaller, ip: string | null): boolean {
    return this.#named.has(this.#budgetsOf(caller, ip), 1);
  }

  #budgetsOf({ actor, trusted }: FailedCaller, ip: string | null): Budget[] {
    const { limit } = this.policy;
    const whole = trusted ? [] : [{ name: actor, limit: limit * CALLER_TIMES }];
    const networks = ip === null ? [] : addressBudgets(ip, limit);
    return [...whole, ...networks.map((budget) => ({ ...budget, name: `${actor} ${budget.name}` }))];
  }

  /** Number of counted addresses and networks. */
  get size(): number {
    return this.#addresses.size;
  }

  #count(counted: Budgets, budgets: readonly Budget[]): RateLimitState {
    const { spent, states } = counted.spend(budgets, 1);
    // Of several budgets, the one with the fewest points left: it is exhausted first.
    let least: BudgetState | undefined;
    for (const state of states) if (!least || state.remaining <= least.remaining) least = state;
    const { limit } = this.policy;
    return {
      allowed: spent,
      remaining: Math.min(least?.remaining ?? limit, limit),
      resetAt: wallTimeOf(this.#clock, least?.endsAt ?? this.#clock.monotonic()),
    };
  }
}
