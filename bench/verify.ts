import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import packages from '../package.json' with { type: 'json' };
import { median, writeSection } from './figures.ts';
import { machine } from './machine.ts';
import { Measurements, turned, type Values } from './measurements.ts';
import { type Postgres, startPostgres } from './verification/postgres.ts';
import { prepare } from './verification/prepare.ts';
import { report } from './verification/report.ts';
import {
  type Bench,
  bareRate,
  betterAuthRate,
  CONNECTIONS,
  delays,
  graphqlRates,
  HOT_KEYS,
  memory,
  SMALL_CACHE,
  stringifyRates,
  verifyRate,
} from './verification/scenarios.ts';

// Verification compared with a bare node:http server, better-auth and other GraphQL servers, all in one run, in turn.

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    /** Duration of each measurement, seconds. */
    seconds: { type: 'string', default: '3' },
    /** Only the bare server, and measurements whose name starts with one of these texts, separated by commas. */
    only: { type: 'string', default: '' },
    /** Writes the results to bench/RESULTS.md. */
    write: { type: 'boolean', default: false },
  },
});

const ms = Number(options.seconds) * 1_000;

/** Rates are compared between moments, so even a small disturbance would change them. */
const measurements = new Measurements({ waitMs: 5_000, disturbanceMax: 0.15, attemptsMax: 2 });
/** PostgreSQL runs next to the programs of the benchmark, which is no disturbance. */
const withOthers = new Measurements({
  waitMs: 5_000,
  disturbanceMax: Number.POSITIVE_INFINITY,
  attemptsMax: 1,
});

type Measurement = readonly [name: string, run: () => Promise<Values>, taken?: Measurements];

function isWanted(name: string): boolean {
  return name === 'bare: node:http' || options.only.split(',').some((one) => name.startsWith(one));
}

function measurementsOf(bench: Bench, postgres: Postgres | null): Measurement[] {
  const { large, small } = bench;
  const rated = async (what: 'lookUps' | 'selectOne'): Promise<Values> => ({
    rate: (await postgres?.rate(what, bench.ms)) ?? Number.NaN,
  });
  return [
    ['bare: node:http', () => bareRate(bench)],
    ['bare: two clients', () => bareRate(bench, [bench.client, bench.other])],
    ['bare: same headers', () => bareRate(bench, [bench.client], 'bare, same headers')],
    ['/verify: cached, 1,000,000 keys', () => verifyRate(bench, large, true)],
    ['/verify: cached, 1,000 keys', () => verifyRate(bench, small, true)],
    ['/verify: read, 1,000,000 keys', () => verifyRate(bench, large, false)],
    ['/verify: read, cache of 100, 1,000,000 keys', () => verifyRate(bench, large, false, SMALL_CACHE)],
    ['/verify: read, cache of 100, 1,000 keys', () => verifyRate(bench, small, false, SMALL_CACHE)],
    ['better-auth: WAL', () => betterAuthRate(bench, false)],
    ['better-auth: secondary storage', () => betterAuthRate(bench, true)],
    ['delay: bare', () => delays(bench, 'bare')],
    ['delay: /verify', () => delays(bench, 'Keywright')],
    ['GraphQL: Keywright', () => graphqlRates(bench, 'Keywright')],
    ['GraphQL: yoga', () => graphqlRates(bench, 'yoga')],
    ['GraphQL: mercurius', () => graphqlRates(bench, 'mercurius')],
    ['GraphQL: mercurius, jit', () => graphqlRates(bench, 'mercurius, jit')],
    ['GraphQL: JSON.stringify', () => stringifyRates(bench)],
    ['memory: 100,000 keys', () => memory(bench)],
    ['PostgreSQL: SELECT 1', () => rated('selectOne'), withOthers],
    ['PostgreSQL: look-ups', () => rated('lookUps'), withOthers],
  ];
}

function introduction(): string {
  const peers = JSON.parse(
    readFileSync(new URL('peers/package.json', import.meta.url), 'utf8'),
  ) as typeof packages;
  const all: Readonly<Record<string, string>> = { ...peers.dependencies, ...packages.dependencies };
  const names = [
    'better-sqlite3',
    'pg',
    'graphql',
    'graphql-yoga',
    'mercurius',
    'graphql-jit',
    'better-auth',
  ];
  const versions = Object.fromEntries(names.map((name) => [name, all[name] ?? '']));
  const { disturbances } = measurements;
  return [
    `\`npm run bench:verify\` on ${machine(versions)}. Medians of ${options.rounds} rounds, and of the ratios in each`,
    `round. The servers take turns. Servers and the client run in separate processes: ${CONNECTIONS} connections with one request at a time`,
    `on each, for ${options.seconds} seconds. Every key has a role, grants, a rate limit and an allowlist, all of which are checked, and every use is`,
    `recorded. "Cached": ${HOT_KEYS.toLocaleString('en')} keys in turn. Other programs took ${median(disturbances).toFixed(2)} of ${cpus().length} cores (median; at most`,
    `${Math.max(...disturbances).toFixed(2)}).`,
    '',
    'The servers differ in durability. Keywright writes last uses and counters in batches every 500 ms, and a crash loses at most one',
    'batch. better-auth writes them for every request: in WAL mode with a disk sync each time, and with secondary storage only to',
    'memory, where a crash loses all of them. With both, changes of keys are on disk before the response. Keywright counts rate limits',
    'in memory, and starts new windows when it restarts.',
  ].join('\n');
}

const { bench, remove } = await prepare(measurements, ms);
let postgres: Postgres | null = null;
try {
  if (isWanted('PostgreSQL: look-ups')) postgres = await startPostgres(bench.programs);
  for (let round = 0; round < Number(options.rounds); round++) {
    console.log(`\nRound ${round + 1} of ${options.rounds}; behind each figure how many cores others took`);
    for (const [name, run, taken = measurements] of turned(measurementsOf(bench, postgres), round))
      if (isWanted(name)) await taken.take(name, run);
  }
  const figures = new Map([...measurements.figures, ...withOthers.figures]);
  const text = `${introduction()}\n\n${report(figures)}`;
  console.log(`\n${text}`);
  const results = fileURLToPath(new URL('RESULTS.md', import.meta.url));
  if (options.write) writeSection(results, 'Verification', text);
} finally {
  await postgres?.stop();
  await remove();
}
