import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import packages from '../package.json' with { type: 'json' };
import { openPostgresServer } from '../test/support/postgres-server.ts';
import { median, table, writeSection } from './figures.ts';
import type { Filled } from './growth/fill.ts';
import { type Measured, measuredQueries } from './growth/queries.ts';
import { machine } from './machine.ts';
import { buildPrograms, Program, type Programs } from './processes.ts';

// Durations of operations as an organization grows, on SQLite and PostgreSQL.

const { values: options } = parseArgs({
  options: {
    /** Numbers of keys of the organization, each in its own database. */
    sizes: { type: 'string', default: '1000,100000,1000000' },
    engines: { type: 'string', default: 'sqlite,postgres' },
    /** Number of measurements per operation. Results are medians. */
    rounds: { type: 'string', default: '5' },
    /** Only operations whose name starts with this text. */
    only: { type: 'string', default: '' },
    /** Writes the results to bench/RESULTS.md. */
    write: { type: 'boolean', default: false },
  },
});

const sizes = options.sizes.split(',').map(Number);
const engines = options.engines.split(',');

/** Milliseconds of each operation, and the longest block of the event loop meanwhile. */
type Times = Map<string, { ms: number; block: number; failure?: string }>;

/**
 * Sends an operation with the operator's token. Returns the milliseconds to the response, and the first error if any.
 */
async function post(
  url: string,
  { operatorToken }: Filled,
  { query, variables }: Measured,
  value: string,
): Promise<{ ms: number; failure: string | undefined }> {
  const start = performance.now();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${operatorToken}` },
    body: JSON.stringify({ query, variables: { ...variables, value } }),
  });
  const { errors } = (await response.json()) as { errors?: { message: string }[] };
  return { ms: performance.now() - start, failure: errors?.[0]?.message };
}

async function measure(program: Program, url: string, filled: Filled): Promise<Times> {
  const times: Times = new Map();
  for (const measured of measuredQueries(filled)) {
    if (!measured.name.startsWith(options.only)) continue;
    const rounds = measured.once ? 1 : Number(options.rounds);
    const taken: number[] = [];
    let failure: string | undefined;
    if (!measured.once) await post(url, filled, measured, 'warm-up');
    await program.ask('block');
    for (let round = 0; round < rounds; round += 1) {
      const answer = await post(url, filled, measured, String(round));
      failure ??= answer.failure;
      taken.push(answer.ms);
    }
    const block = await program.ask<number>('block');
    times.set(measured.name, { ms: median(taken), block, ...(failure && { failure }) });
    const shown = `${median(taken).toFixed(1).padStart(10)} ms ${block.toFixed(1).padStart(10)} ms block`;
    console.log(`${measured.name.padEnd(36)} ${shown} ${failure ?? ''}`);
  }
  return times;
}

/** Fills a database, starts a server on it, and measures everything. */
async function run(programs: Programs, url: string, keys: number): Promise<Times> {
  console.log(`\n${url.split(':')[0]}, ${keys.toLocaleString('en')} keys`);
  const filler = new Program(programs, 'server');
  const filled = await filler.ask<Filled>('fill', { url, keys });
  await filler.end();
  const program = new Program(programs, 'server');
  try {
    const started = await program.ask<{ url: string; readyMs: number }>('start', { url });
    const times = await measure(program, started.url, filled);
    times.set('start to ready', { ms: started.readyMs, block: 0 });
    return times;
  } finally {
    await program.end();
  }
}

function report(engine: string, bySize: ReadonlyMap<number, Times>): string {
  const [smallest = new Map()] = bySize.values();
  const head = ['', ...sizes.map((size) => `${size.toLocaleString('en')} keys`), 'last ÷ first', 'block'];
  const rows = [...smallest.keys()].map((name: string) => {
    const cells = sizes.map((size) => bySize.get(size)?.get(name));
    const [first, last] = [cells[0], cells.at(-1)];
    return [
      name,
      ...cells.map((cell) => (cell?.failure ? 'rejected' : (cell?.ms.toFixed(1) ?? '–'))),
      ((last?.ms ?? Number.NaN) / (first?.ms ?? Number.NaN)).toFixed(1),
      last?.block.toFixed(1) ?? '–',
    ];
  });
  return `${engine}, milliseconds; "block" is the longest time that the event loop was blocked at the largest size:\n\n${table([head, ...rows])}`;
}

const folder = mkdtempSync(join(tmpdir(), 'keywright-'));
const programs = await buildPrograms({ files: { server: 'bench/growth/server.ts' } });
const stops: (() => Promise<void>)[] = [];

/** A PostgreSQL server with default settings, except that commits don't wait for the disk. */
async function startPostgres(): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'keywright-'));
  const server = await openPostgresServer(home, { shared_buffers: '512MB', autovacuum: 'on' });
  stops.push(async () => {
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  });
  return server.url;
}

/** An empty database on the server, named by its number of keys. */
async function createDatabase(serverUrl: string, size: number): Promise<string> {
  const client = new pg.Client(serverUrl);
  await client.connect();
  await client.query(`create database keys_${size} template template0`);
  await client.end();
  const url = new URL(serverUrl);
  url.pathname = `/keys_${size}`;
  return url.href;
}

try {
  const parts: string[] = [];
  for (const engine of engines) {
    const server = engine === 'postgres' ? await startPostgres() : null;
    const bySize = new Map<number, Times>();
    for (const size of sizes) {
      const url = server ? await createDatabase(server, size) : `sqlite:${join(folder, `${size}.db`)}`;
      bySize.set(size, await run(programs, url, size));
    }
    parts.push(report(engine === 'sqlite' ? 'SQLite' : 'PostgreSQL', bySize));
  }
  const { 'better-sqlite3': sqlite, pg: postgres, kysely } = packages.dependencies;
  const text = [
    `\`npm run bench:growth\` on ${machine({ 'better-sqlite3': sqlite, pg: postgres, kysely })}. One organization with this number of keys,`,
    `each with two audit entries and five usage buckets. Medians of ${options.rounds} sequential requests over HTTP, after a warm-up request.`,
    '',
    parts.join('\n\n'),
  ].join('\n');
  console.log(`\n${text}`);
  if (options.write) writeSection(fileURLToPath(new URL('RESULTS.md', import.meta.url)), 'Growth', text);
} finally {
  for (const stop of stops) await stop();
  programs.remove();
  rmSync(folder, { recursive: true, force: true });
}
