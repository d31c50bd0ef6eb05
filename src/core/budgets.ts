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
 * Budgets that are spent together: an address counts in all of its networks or in none of them. Windows are fixed and
 * start with the first count. Memory is bounded: the least recently used names are evicted.
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
   * Spends `points` in all of the budgets, if each has enough left. `budgets` start with the widest: if it is
   * exhausted, no window starts for those within it, so that a network can't evict others by its number of addresses.
   * `states` are the states afterwards, up to the exhausted one.
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

  /** Whether each of the budgets has this many points left. */
  has(budgets: readonly Budget[], points: number): boolean {
    const now = this.#clock.monotonic();
    return budgets.every(({ name, limit }) => this.#running(name, now).spent + points <= limit);
  }

  /**
   * Spends `points` in all of the budgets, however many are left. Points beyond a limit use up the rest of the window.
   */
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
