import { LRUCache } from 'lru-cache';
import type { Clock } from './clock.ts';

/** A budget of points per window for one name. */
export interface Budget {
  readonly name: string;
  readonly limit: number;
}

/** The state of a budget. */
export interface BudgetState extends Budget {
  readonly remaining: number;
  /** When the window ends, by the monotonic clock. */
  readonly endsAt: number;
}

interface Window {
  spent: number;
  readonly endsAt: number;
}

/**
 * Budgets that are spent together: one that belongs to several wholes, as an address belongs to its networks, counts in
 * each of them or in none. Windows are fixed, and begin with the first count. Memory is bounded: of too many names, those
 * that were quiet for longest are forgotten.
 */
export class Budgets {
  /** Milliseconds. */
  readonly windowMs: number;
  readonly #clock: Clock;
  readonly #windows: LRUCache<string, Window>;

  constructor(clock: Clock, { windowMs, max }: { readonly windowMs: number; readonly max: number }) {
    this.windowMs = windowMs;
    this.#clock = clock;
    this.#windows = new LRUCache({ max });
  }

  /**
   * Spends `points` of all of the budgets, if each has as many left. `budgets` begin with the widest: one that is used up
   * lets no window begin for those within it, so that a network can't push others out of memory by the number of its
   * addresses. `states` are as they are afterwards, up to the one that is used up.
   */
  spend(budgets: readonly Budget[], points: number): { spent: boolean; states: readonly BudgetState[] } {
    const now = this.#clock.monotonic();
    const running: Window[] = [];
    for (const { name, limit } of budgets) {
      const window = this.#running(name, now);
      running.push(window);
      if (window.spent + points <= limit) continue;
      return { spent: false, states: running.map((one, index) => stateOf(budgets[index] as Budget, one)) };
    }
    const states = running.map((window, index) => this.#add(budgets[index] as Budget, window, points));
    return { spent: true, states };
  }

  /** Spends `points` of all of the budgets, however many are left: what is beyond a limit uses up the rest of the window. */
  owe(budgets: readonly Budget[], points: number): readonly BudgetState[] {
    const now = this.#clock.monotonic();
    return budgets.map((budget) => this.#add(budget, this.#running(budget.name, now), points));
  }

  /** Number of names in memory, including those whose window has ended. */
  get size(): number {
    return this.#windows.size;
  }

  #add(budget: Budget, window: Window, points: number): BudgetState {
    window.spent += points;
    this.#windows.set(budget.name, window);
    return stateOf(budget, window);
  }

  #running(name: string, now: number): Window {
    const window = this.#windows.get(name);
    return window && window.endsAt > now ? window : { spent: 0, endsAt: now + this.windowMs };
  }
}

function stateOf({ name, limit }: Budget, { spent, endsAt }: Window): BudgetState {
  return { name, limit, remaining: Math.max(0, limit - spent), endsAt };
}
