import type { Change } from './database.ts';

/** An acceptance by a state that was replaced by an answered change before the verification started. */
export interface Violation {
  readonly at: number;
  readonly verifier: string;
  readonly key: number;
  readonly how: string;
}

/** Knows what was answered when, and which acceptances are therefore wrong. */
export class Checker {
  readonly violations: Violation[] = [];
  /** How much happened: a simulation in which nothing does finds nothing. */
  readonly counts = { answered: 0, repeated: 0, fromMemory: 0, fromServer: 0, leases: 0, missed: 0 };
  /** By key, the latest generation that began with an answered change. */
  readonly #answered: number[];

  constructor(keys: number) {
    this.#answered = Array.from({ length: keys }, () => 0);
  }

  /** A change is answered now. */
  answer({ generations }: Change): void {
    this.counts.answered += 1;
    for (const [key, generation] of generations)
      this.#answered[key] = Math.max(this.#answered[key] ?? 0, generation);
  }

  /** What a verification that starts now has to know at least. */
  required(key: number): number {
    return this.#answered[key] ?? 0;
  }

  /** A verification that started with `required` is accepted by a generation of its key. */
  accept(violation: Violation, generation: number, required = this.required(violation.key)): void {
    if (generation < required) this.violations.push(violation);
  }
}
