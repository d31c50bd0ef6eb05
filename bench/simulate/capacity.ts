import { reportInterval } from '../../src/verifiers/stream/report-interval.ts';
import { World } from './world.ts';

/** CPU time of one core, microseconds, as `npm run bench:verifier -- --only costs` measures it. */
export interface Costs {
  /** A renewal: the request, and the event that answers it. */
  readonly renewal: number;
  /** A change for one verifier: the event, and its acknowledgment. */
  readonly change: number;
  /** A report of usage of 25 keys at the server. */
  readonly report: number;
  /** A key that is looked up. */
  readonly lookUp: number;
  /** A report in PostgreSQL, in a transaction of its own. */
  readonly reportInDatabase: number;
  /** A change in PostgreSQL, without notifications; and one notification and confirmation of a server. */
  readonly changeInDatabase: number;
  readonly notification: number;
}

/** A deployment and its load. */
export interface Deployment {
  readonly servers: number;
  readonly verifiers: number;
  /** Duration of a lease, milliseconds. */
  readonly leaseMs: number;
  /** Changes per second, and the share of verifiers that have looked up a changed key. */
  readonly changes: number;
  readonly interested: number;
  /** Keys that are looked up per verifier and second: new ones, and those that were changed. */
  readonly lookUps: number;
  /** Cores of PostgreSQL. */
  readonly databaseCores: number;
  readonly costs: Costs;
}

/** What a simulated deployment does under its load. Times are milliseconds. */
export interface Outcome {
  /** Busy share of the busiest server's core, and of PostgreSQL's; more than 1: it falls behind. */
  readonly server: number;
  readonly database: number;
  /** From a commit until every verifier has acknowledged. */
  readonly changeP50: number;
  readonly changeP99: number;
  /** From the request of a lease to its answer; a lease is lost where this is longer than two thirds of it. */
  readonly renewalP99: number;
  readonly lostLeases: number;
}

/** A core, or several that share a queue, which work in the order of arrival. */
class Workers {
  busyMs = 0;
  readonly #freeAt: number[];
  readonly #world: World;

  constructor(world: World, cores: number) {
    this.#world = world;
    this.#freeAt = Array.from({ length: cores }, () => 0);
  }

  /** Takes so many microseconds of one core. Returns when it is done. */
  work(microseconds: number): number {
    let first = 0;
    for (const [index, freeAt] of this.#freeAt.entries())
      if (freeAt < (this.#freeAt[first] ?? 0)) first = index;
    const start = Math.max(this.#world.now, this.#freeAt[first] ?? 0);
    const end = start + microseconds / 1_000;
    this.#freeAt[first] = end;
    this.busyMs += microseconds / 1_000;
    return end;
  }

  /** How far it has fallen behind, milliseconds. */
  get behindMs(): number {
    return Math.max(0, Math.min(...this.#freeAt) - this.#world.now);
  }

  get cores(): number {
    return this.#freeAt.length;
  }
}

/** How many streams of one server share an event of the simulation. */
const GROUP = 10;

/** Simulates a deployment for a while, the same for the same seed. */
export function simulateCapacity(deployment: Deployment, seconds: number, seed = 1): Outcome {
  const { servers: count, verifiers, leaseMs, costs } = deployment;
  const reportMs = reportInterval(verifiers / count);
  const world = new World(seed);
  const servers = Array.from({ length: count }, () => new Workers(world, 1));
  const database = new Workers(world, deployment.databaseCores);
  const [renewals, changes]: [number[], number[]] = [[], []];
  let lost = 0;
  const repeatedly = (everyMs: number, run: () => void): void => {
    const next = (): void => {
      run();
      world.after(everyMs, next);
    };
    world.after(world.random() * everyMs, next);
  };
  const groups = Math.ceil(verifiers / GROUP);
  for (let index = 0; index < groups; index += 1) {
    const server = servers[index % count] as Workers;
    repeatedly(leaseMs / 3, () => {
      const waited = server.work(GROUP * costs.renewal) - world.now;
      renewals.push(waited);
      if (waited > (leaseMs * 2) / 3) lost += GROUP;
    });
    repeatedly(reportMs, () => {
      const read = server.work(GROUP * costs.report);
      world.at(read, () => void database.work(GROUP * costs.reportInDatabase));
    });
    repeatedly(1_000, () => void server.work(GROUP * deployment.lookUps * costs.lookUp));
  }
  if (deployment.changes > 0)
    repeatedly(1_000 / deployment.changes, () => {
      const start = world.now;
      const committed = database.work(costs.changeInDatabase + count * costs.notification);
      world.at(committed, () => {
        let last = 0;
        // The event goes out to all, and every acknowledgment is behind everything that came in meanwhile.
        for (const server of servers)
          last = Math.max(last, server.work((verifiers / count) * deployment.interested * costs.change));
        changes.push(last - start);
      });
    });
  world.run(seconds * 1_000);
  const elapsed = seconds * 1_000;
  return {
    server: Math.max(...servers.map(({ busyMs }) => busyMs / elapsed)),
    database: database.busyMs / elapsed / database.cores,
    changeP50: quantile(changes, 0.5),
    changeP99: quantile(changes, 0.99),
    renewalP99: quantile(renewals, 0.99),
    lostLeases: lost,
  };
}

function quantile(values: number[], share: number): number {
  const sorted = values.sort((one, other) => one - other);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
}
