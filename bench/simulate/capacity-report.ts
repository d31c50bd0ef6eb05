import { table } from '../figures.ts';
import { type Costs, type Deployment, type Outcome, simulateCapacity } from './capacity.ts';

/** Microseconds of one core, measured on a busy machine: upper bounds. */
export const COSTS: Costs = {
  renewal: 450,
  change: 101,
  report: 1_215,
  lookUp: 94,
  reportInDatabase: 2_850,
  changeInDatabase: 600,
  notification: 60,
};

const USUAL: Deployment = {
  servers: 2,
  verifiers: 100,
  leaseMs: 3_000,
  changes: 5,
  interested: 0.1,
  lookUps: 2,
  databaseCores: 4,
  costs: COSTS,
};

const MOST = { verifiers: 10_000, servers: 8, databaseCores: 16 };

/** What is simulated: more and more verifiers, each with 100 verifications a second, and what helps. */
const STEPS: readonly [title: string, deployment: Partial<Deployment>][] = [
  ['100 verifiers, 2 servers', {}],
  ['1,000 verifiers, 2 servers', { verifiers: 1_000 }],
  ['1,000 verifiers, 4 servers', { verifiers: 1_000, servers: 4 }],
  ['10,000 verifiers, 8 servers', { verifiers: 10_000, servers: 8 }],
  ['the same, 16 cores of PostgreSQL', { verifiers: 10_000, servers: 8, databaseCores: 16 }],
  ['the same, leases of 10 seconds', { ...MOST, leaseMs: 10_000 }],
  ['the same, 16 servers', { ...MOST, servers: 16, leaseMs: 10_000 }],
  [
    'with 8 servers, 5 changes a second of keys that all have cached',
    { ...MOST, leaseMs: 10_000, interested: 1 },
  ],
];

const SECONDS = 20;

/** The parts that have more work than they can do, or null. */
function broken({ server, database, lostLeases }: Outcome): string | null {
  if (database > 1 && server > 1) return 'servers and PostgreSQL, by reports';
  if (database > 1) return 'PostgreSQL, by reports';
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
