import { describe, expect, test } from 'vitest';
import { MUTATIONS } from '../../bench/simulate/mutations.ts';
import { without } from '../../bench/simulate/rules.ts';
import { simulate } from '../../bench/simulate/scenario.ts';
import { PROPERTY_TIMEOUT_MS, seeds } from '../support/properties.ts';

/** Enough that each broken rule shows. */
const SEEDS_MAX = 60;

describe('the simulated protocol of verifiers', { timeout: PROPERTY_TIMEOUT_MS }, () => {
  test.each([
    [3, 'servers on PostgreSQL'],
    [0, 'other servers, and commands on the database of one'],
  ])('accepts nothing late with %i %s', (servers) => {
    const total = { answered: 0, repeated: 0, fromMemory: 0, fromServer: 0, leases: 0, missed: 0 };
    for (const seed of seeds(25)) {
      const { counts, violations } = simulate(seed, { servers });
      expect(violations, `seed ${seed}`).toEqual([]);
      for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += counts[name];
    }
    // It did what it is about.
    for (const count of Object.values(total)) expect(count).toBeGreaterThan(20);
  });

  test('is the same for the same seed', () => {
    const [one, other] = [simulate(7), simulate(7)];
    expect(one.counts).toEqual(other.counts);
    expect(simulate(8).counts).not.toEqual(one.counts);
  });

  test.each(MUTATIONS)('accepts something late without the rule $rule', ({ rule, servers, faults }) => {
    const rules = without(rule);
    let seed = 1;
    while (seed <= SEEDS_MAX && simulate(seed, { servers, faults, rules }).violations.length === 0) seed += 1;
    expect(seed).toBeLessThanOrEqual(SEEDS_MAX);
  });

  test('accepts something late where clocks differ by more than their margin', () => {
    const drifting = { drift: 0.04, faults: ['breakConnection', 'closeStream'] } as const;
    const found = Array.from({ length: SEEDS_MAX }, (_, index) => simulate(index + 1, drifting));
    expect(found.filter(({ violations }) => violations.length > 0)).not.toEqual([]);
  });
});
