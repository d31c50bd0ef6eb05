import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import packages from '../package.json' with { type: 'json' };
import { openPostgresServer } from '../test/support/postgres-server.ts';
import { median, writeSection } from './figures.ts';
import { installPeers, peersFolder } from './install-peers.ts';
import { machine } from './machine.ts';
import { Measurements, turned, type Values } from './measurements.ts';
import { buildPrograms, Program } from './processes.ts';
import type { Seeded } from './verification/seed.ts';
import { streamCosts } from './verifier/costs.ts';
import { DISTURBANCES, disturbed } from './verifier/disturbances.ts';
import type { InProcess } from './verifier/peer.ts';
import { report } from './verifier/report.ts';
import { revokedEverywhere } from './verifier/revoking.ts';
import {
  apiRates,
  type Bench,
  bareRate,
  delays,
  embeddedRates,
  idleStreams,
  processMemory,
  type Seeding,
  verifyRate,
  withProgram,
} from './verifier/scenarios.ts';

// Verification processes and embedded verifiers, compared with bare servers, an unprotected API, and better-auth.

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    /** Duration of each measurement, seconds. */
    seconds: { type: 'string', default: '3' },
    /** Only the bare server, and measurements whose name starts with one of these texts, separated by commas. */
    only: { type: 'string', default: '' },
    /** Number of keys of the larger database. */
    keys: { type: 'string', default: '1000000' },
    /** Revocations per round, and idle verifiers. */
    revocations: { type: 'string', default: '300' },
    idle: { type: 'string', default: '1000' },
    /** How long to wait for an idle moment before each measurement, seconds. */
    patience: { type: 'string', default: '5' },
    /** Writes the results to bench/RESULTS.md. */
    write: { type: 'boolean', default: false },
  },
});

const ms = Number(options.seconds) * 1_000;
/** Several of its processes work at the same time, so the use of the CPU says nothing about others. */
const measurements = new Measurements({
  waitMs: Number(options.patience) * 1_000,
  disturbanceMax: Number.POSITIVE_INFINITY,
  attemptsMax: 1,
});

function isWanted(name: string): boolean {
  return name === 'bare: same headers' || options.only.split(',').some((one) => name.startsWith(one));
}

async function betterAuth(bench: Bench, programs: Bench['programs'], secondary: boolean): Promise<Values> {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-peer-'));
  try {
    return await withProgram(programs, 'peer', async (program) => {
      const params: InProcess = {
        ...{ folder: bench.peersFolder, path: join(folder, 'peer.db'), secondary, keys: 500, ms },
      };
      return { rate: await program.ask<number>('betterAuth', params) };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Measurement = readonly [name: string, run: () => Promise<Values>];

function measurementsOf(bench: Bench, peers: Bench['programs']): Measurement[] {
  return [
    ['bare: same headers', () => bareRate(bench)],
    ['VERIFY_PORT: 1 process', () => verifyRate(bench, 1, true)],
    ['VERIFY_PORT: 2 processes', () => verifyRate(bench, 2, true)],
    ['VERIFY_PORT: uncached', () => verifyRate(bench, 1, false)],
    ['delay: bare', () => delays(bench, 'bare')],
    ['delay: VERIFY_PORT', () => delays(bench, 'processes')],
    ['memory', () => processMemory(bench)],
    ['embedded', () => embeddedRates(bench)],
    ['better-auth: SQLite', () => betterAuth(bench, peers, false)],
    ['better-auth: memory', () => betterAuth(bench, peers, true)],
    ['API', () => apiRates(bench)],
    ['idle', () => idleStreams(bench, Number(options.idle))],
    ['onInvalid', async () => revokedEverywhere(bench, await newDatabase(), Number(options.revocations))],
    ['costs', async () => streamCosts(bench, await newDatabase(), postgresPid())],
    ...Object.keys(DISTURBANCES).map((name): Measurement => [`during ${name}`, () => disturbed(bench, name)]),
  ];
}

function introduction(): string {
  const versions = {
    'better-sqlite3': packages.dependencies['better-sqlite3'],
    pg: packages.dependencies.pg,
    fastify: packages.devDependencies.fastify,
    'better-auth': '1.7.5',
    undici: '7.30.2',
  };
  return [
    `\`npm run bench:verifier\` on ${machine(versions)}. Medians of ${options.rounds} rounds, and of the ratios in each round.`,
    `Each measurement takes ${options.seconds} seconds. Servers, APIs and clients run in processes of their own on these cores. Every key has a`,
    'role, grants, a rate limit and an allowlist, all of which are checked, and every use is recorded. Other programs and the',
    `benchmark's own processes took ${median(measurements.disturbances).toFixed(2)} cores (median).`,
  ].join('\n');
}

const folder = mkdtempSync(join(tmpdir(), 'keywright-bench-'));
const build = fileURLToPath(new URL('../scripts/build.mjs', import.meta.url));
if (spawnSync(process.execPath, [build, '--server'], { stdio: 'inherit' }).status !== 0)
  throw new Error('The program could not be built');
installPeers();
const programs = await buildPrograms({
  files: {
    server: 'bench/verification/server.ts',
    client: 'bench/verification/client.ts',
    embedded: 'bench/verifier/embedded.ts',
    api: 'bench/verifier/api.ts',
    streams: 'bench/verifier/streams.ts',
  },
  external: ['fastify'],
});
const peers = await buildPrograms({
  files: { peer: 'bench/verifier/peer.ts' },
  modules: 'bench/peers/node_modules',
});
const client = new Program(programs, 'client');
const durable = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', autovacuum: 'on' };
const needsPostgres = isWanted('onInvalid') || isWanted('costs');
const postgres = needsPostgres ? await openPostgresServer(folder, durable) : null;

/** A new database on the PostgreSQL server. */
async function newDatabase(): Promise<string> {
  if (!postgres) throw new Error('PostgreSQL is not running');
  const connection = new pg.Client({ connectionString: postgres.url });
  await connection.connect();
  databases += 1;
  await connection.query(`create database bench_${databases}`);
  await connection.end();
  const url = new URL(postgres.url);
  url.pathname = `/bench_${databases}`;
  return url.href;
}
let databases = 0;

/** The process that all others of PostgreSQL belong to. */
function postgresPid(): number {
  return Number(readFileSync(join(folder, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
}

async function seed(list: string, keys: number): Promise<Seeding> {
  console.log(`Creating ${keys.toLocaleString('en')} keys …`);
  return withProgram(programs, 'server', async (seeder) => {
    const path = join(folder, `${list}.db`);
    const secrets = join(folder, `${list}.txt`);
    const { caller } = await seeder.ask<Seeded>('seed', { path, keys, secrets });
    await client.ask('read', { list: `${list}, own`, path: `${secrets}.own` });
    return { list, path, caller, secrets: await client.ask<number>('read', { list, path: secrets }) };
  });
}

try {
  const large = await seed('large', Number(options.keys));
  const medium = isWanted('memory') ? await seed('medium', 100_000) : large;
  const bench: Bench = { programs, peersFolder, client, large, medium, ms };
  for (let round = 0; round < Number(options.rounds); round += 1) {
    console.log(`\nRound ${round + 1} of ${options.rounds}`);
    for (const [name, run] of turned(measurementsOf(bench, peers), round))
      if (isWanted(name)) await measurements.take(name, run);
  }
  const text = `${introduction()}\n\n${report(measurements.figures)}`;
  console.log(`\n${text}`);
  const results = fileURLToPath(new URL('RESULTS.md', import.meta.url));
  if (options.write) writeSection(results, 'Verifiers', text);
} finally {
  await client.end();
  await postgres?.stop();
  programs.remove();
  peers.remove();
  rmSync(folder, { recursive: true, force: true });
}
