import { table } from '../figures.ts';
import { type Costs, type Deployment, type Outcome, simulateCapacity } from './capacity.ts';

/** Microseconds of one core of the machine that bench/RESULTS.md describes ("Verifiers"). */
export const COSTS: Costs = {
  renewal: 60,
  change: 60,
  report: 450,
  lookUp: 20,
  reportInDatabase: 900,
  changeInDatabase: 600,
  notification: 60,
};

const USUAL: Deployment = {
  servers: 2,
  verifiers: 100,
  leaseMs: 3_000,
  reportMs: 250,
  changes: 5,
  interested: 0.1,
  lookUps: 2,
  databaseCores: 4,
  costs: COSTS,
};

/** What is simulated: more and more verifiers, each with 100 verifications a second, and what helps. */
const STEPS: readonly [title: string, deployment: Partial<Deployment>][] = [
  ['100 verifiers, 2 servers', {}],
  ['1,000 verifiers, 2 servers', { verifiers: 1_000 }],
  ['1,000 verifiers, 4 servers', { verifiers: 1_000, servers: 4 }],
  ['the same, one report in 5 seconds', { verifiers: 1_000, servers: 2, reportMs: 5_000 }],
  ['10,000 verifiers, 4 servers', { verifiers: 10_000, servers: 4 }],
  ['the same, one report in 5 seconds', { verifiers: 10_000, servers: 4, reportMs: 5_000 }],
  ['the same, 8 servers', { verifiers: 10_000, servers: 8, reportMs: 5_000 }],
  ['the same, leases of 10 seconds', { verifiers: 10_000, servers: 8, reportMs: 5_000, leaseMs: 10_000 }],
  [
    'the same, 5 changes a second of keys that all have cached',
    { verifiers: 10_000, servers: 8, reportMs: 5_000, leaseMs: 10_000, interested: 1 },
  ],
];

const SECONDS = 20;

/** The first part that has more work than it can do, or null. */
function broken({ server, database, lostLeases }: Outcome): string | null {
  if (database > 1) return 'PostgreSQL: reports of usage';
  if (server > 1) return 'servers';
  return lostLeases > 0 ? 'leases' : null;
}

/** A table of what the simulation of larger and larger deployments gives. */
export function capacityReport(costs: Costs = COSTS): string {
  const percent = (share: number): string => `${Math.round(100 * share)} %`;
  const rows = STEPS.map(([title, deployment]) => {
    const outcome = simulateCapacity({ ...USUAL, ...deployment, costs }, SECONDS);
    const { server, database, changeP50, changeP99, renewalP99 } = outcome;
    const isBroken = broken(outcome);
    const times = isBroken ? ['–', '–', '–'] : [changeP50, changeP99, renewalP99].map((ms) => ms.toFixed(0));
    return [title, percent(server), percent(database), ...times, isBroken ?? 'none'];
  });
  const head = ['', 'server', 'PostgreSQL', 'change p50', 'change p99', 'lease p99', 'overloaded'];
  return table([head, ...rows]);
}
