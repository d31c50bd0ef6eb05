import { Checker } from './checker.ts';
import { type Change, Database } from './database.ts';
import { breakSomething } from './faults.ts';
import { PostgresHost } from './postgres-host.ts';
import { PostgresServer } from './postgres-server.ts';
import { SETUP, type Setup } from './rules.ts';
import { runCommand, SqliteServer } from './sqlite-server.ts';
import { Verifier } from './verifier.ts';
import { World } from './world.ts';

/** Times between events of each kind, milliseconds: random between half and one and a half of it. */
const VERIFY_EVERY_MS = 20;
const CHANGE_EVERY_MS = 120;
const FAULT_EVERY_MS = 700;

/** A client repeats a change that was not answered for this long, milliseconds. */
const REPEAT_AFTER_MS = 300;

/** Share of changes that concern every key. */
const OF_ALL_KEYS = 0.1;

/** All parts of a run. */
export interface Scenario {
  readonly world: World;
  readonly setup: Setup;
  readonly servers: readonly (PostgresServer | SqliteServer)[];
  readonly verifiers: readonly Verifier[];
  readonly checker: Checker;
}

/** Runs a random scenario, the same for the same seed, and returns what it did and what was wrong. */
export function simulate(seed: number, options: Partial<Setup> = {}): Checker {
  const setup = { ...SETUP, ...options };
  const world = new World(seed);
  const checker = new Checker(setup.keys);
  const database = new Database(setup.keys);
  const host = new PostgresHost(world, database);
  const servers = Array.from({ length: Math.max(1, setup.servers) }, (_, index) => {
    const rest = [`server ${index + 1}`, world, setup, database, checker] as const;
    return setup.servers === 0 ? new SqliteServer(...rest) : new PostgresServer(host, ...rest);
  });
  const verifiers = Array.from({ length: setup.verifiers }, (_, index) => {
    // One of them is far away.
    const [min, max] = index === 1 ? [100, 200] : [0.2, 15];
    return new Verifier(`verifier ${index + 1}`, world, setup, checker, servers, () =>
      world.between(min, max),
    );
  });
  const scenario = { world, setup, servers, verifiers, checker };
  for (const server of servers) server.start();
  for (const verifier of verifiers) verifier.start();
  repeatedly(world, VERIFY_EVERY_MS, () => world.pick(verifiers).verify(anyKey(scenario)));
  repeatedly(world, CHANGE_EVERY_MS, () => {
    const key = world.chance(OF_ALL_KEYS) ? null : anyKey(scenario);
    const [server] = servers;
    if (server instanceof SqliteServer && world.chance(0.3))
      runCommand(server, key, (change) => answer(scenario, change));
    else makeChange(scenario, key, null);
  });
  repeatedly(world, FAULT_EVERY_MS, () => breakSomething(scenario));
  world.run(setup.durationMs);
  return checker;
}

/** A change by a client that repeats it elsewhere until it is answered. */
function makeChange(scenario: Scenario, key: number | null, committed: Change | null): void {
  const { world, servers, checker } = scenario;
  const server = world.pick(servers);
  const before = server.database.sequence;
  let isAnswered = false;
  const repeat = (): void => {
    if (isAnswered) return;
    // What it has committed, if anything: the client finds that the change was already made.
    const made =
      committed ?? server.database.changes.slice(before).find((change) => change.key === key) ?? null;
    if (!made) return;
    checker.counts.repeated += 1;
    makeChange(scenario, key, made);
  };
  world.after(REPEAT_AFTER_MS + world.between(0, 3 * scenario.setup.leaseMs), repeat);
  if (!server.isAlive || server.isStopping) return;
  server.receive(() =>
    server.change(key, committed, (change) => {
      isAnswered = true;
      answer(scenario, change);
    }),
  );
}

function answer({ checker, verifiers }: Scenario, change: Change): void {
  checker.answer(change);
  for (const verifier of verifiers) verifier.probe('when the change was answered');
}

function anyKey({ world, setup }: Scenario): number {
  return Math.floor(world.random() * setup.keys);
}

function repeatedly(world: World, everyMs: number, run: () => void): void {
  world.after(world.between(0.5, 1.5) * everyMs, () => {
    run();
    repeatedly(world, everyMs, run);
  });
}
