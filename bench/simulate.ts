import { parseArgs } from 'node:util';
import { capacityReport } from './simulate/capacity-report.ts';
import { MUTATIONS } from './simulate/mutations.ts';
import { SETUP, without } from './simulate/rules.ts';
import { simulate } from './simulate/scenario.ts';

// Random scenarios of the protocol of docs/verifier.md, each the same for the same seed. Finds acceptances by a state that
// an answered change had replaced before the verification started.

const { values: options } = parseArgs({
  options: {
    /** Number of scenarios of each kind. */
    runs: { type: 'string', default: '1000' },
    /** The first seed. */
    seed: { type: 'string', default: '1' },
    'lease-ms': { type: 'string', default: String(SETUP.leaseMs) },
    /** Clocks run within this share of real time. */
    drift: { type: 'string', default: String(SETUP.drift) },
    verifiers: { type: 'string', default: String(SETUP.verifiers) },
    /** Also breaks each rule, to show that this is found. */
    mutations: { type: 'boolean', default: false },
    /** Simulates the load of many verifiers instead. */
    capacity: { type: 'boolean', default: false },
  },
});

if (options.capacity) {
  console.log(capacityReport());
  process.exit();
}

const runs = Number(options.runs);
const first = Number(options.seed);
const setup = {
  leaseMs: Number(options['lease-ms']),
  drift: Number(options.drift),
  verifiers: Number(options.verifiers),
  durationMs: 10 * Number(options['lease-ms']),
};
let failed = 0;
for (const servers of [3, 0]) {
  const totals = new Map<string, number>();
  for (let seed = first; seed < first + runs; seed += 1) {
    const { counts, violations } = simulate(seed, { ...setup, servers });
    for (const [name, count] of Object.entries(counts)) totals.set(name, (totals.get(name) ?? 0) + count);
    const [violation] = violations;
    if (!violation) continue;
    failed += 1;
    const { verifier, at, how } = violation;
    console.log(`Seed ${seed}: ${verifier} accepts an old state at ${at.toFixed(1)} ms ${how}`);
  }
  const what = servers === 0 ? 'One server on SQLite' : `${servers} servers on PostgreSQL`;
  const counted = [...totals].map(([name, count]) => `${name} ${count.toLocaleString('en')}`);
  console.log(`${what}, ${runs} scenarios of ${setup.durationMs / 1_000} s: ${counted.join(', ')}`);
}
if (options.mutations) {
  for (const { rule, ...mutation } of MUTATIONS) {
    let found = 0;
    for (let seed = first; seed < first + runs; seed += 1)
      if (simulate(seed, { ...setup, ...mutation, rules: without(rule) }).violations.length > 0) found += 1;
    console.log(`Without ${rule}: violated in ${found} of ${runs}`);
    if (found === 0) failed += 1;
  }
}
process.exitCode = failed > 0 ? 1 : 0;
