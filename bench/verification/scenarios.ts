import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Measurements, Values } from '../measurements.ts';
import { Program, type Programs } from '../processes.ts';
import type { Driven } from './client.ts';
import type { PeerStart } from './peer.ts';
import { forwardAuth, graphql, type QueryName, type Requests, withApiKey } from './requests.ts';
import type { Start } from './server.ts';

/** Number of concurrent requests. */
export const CONNECTIONS = 32;

/** Number of keys requested in turn that are expected to be cached. */
export const HOT_KEYS = 1_000;

/** Cache size of the server whose keys are never cached, regardless of their number. */
export const SMALL_CACHE = 100;

/** Warm-up time before measurements, milliseconds: the code must be compiled, as on a server that runs for weeks. */
const WARM_UP_MS = 3_000;

/** Requests per second for measurements of latency. */
export const PACE = 5_000;

export const CACHED_KEYS = 100_000;

/** A database created for the benchmark. */
export interface Fixture {
  /** Name of the list of its secrets at the client. */
  readonly list: string;
  readonly path: string;
  readonly secrets: number;
  readonly caller: string;
}

/** Context of the scenarios. */
export interface Bench {
  readonly programs: Programs;
  readonly peers: Programs;
  readonly peersFolder: string;
  readonly folder: string;
  readonly client: Program;
  /** A second client, to check whether the first is fast enough. */
  readonly other: Program;
  readonly large: Fixture;
  readonly medium: Fixture;
  readonly small: Fixture;
  readonly answers: ReadonlyMap<QueryName, object>;
  readonly ms: number;
  readonly measurements: Measurements;
}

/** A running server. */
export interface Running {
  readonly program: Program;
  readonly port: number;
}

/** Starts a server in a separate process, calls `run`, and ends it. */
export async function withServer<T>(
  bench: Pick<Bench, 'programs' | 'measurements'>,
  start: Start,
  run: (server: Running) => Promise<T>,
): Promise<T> {
  const program = new Program(bench.programs, 'server');
  try {
    const port = await program.ask<number>('start', start);
    const result = await run({ program, port });
    bench.measurements.workedMs += await program.ask<number>('cpu');
    return result;
  } finally {
    await program.end();
  }
}

async function withPeer<T>(
  { peers, peersFolder, measurements }: Bench,
  params: Omit<PeerStart, 'folder'>,
  run: (server: Running & { readonly key: string }) => Promise<T>,
): Promise<T> {
  const program = new Program(peers, 'peer');
  try {
    const start: PeerStart = { ...params, folder: peersFolder };
    const { port, key = '' } = await program.ask<{ port: number; key?: string }>('start', start);
    const result = await run({ program, port, key });
    measurements.workedMs += await program.ask<number>('cpu');
    return result;
  } finally {
    await program.end();
  }
}

export const databaseUrl = ({ path }: Fixture): string => `sqlite:${path}`;

/** Rate of responses per second, and CPU time of the server per response, microseconds. */
export async function rate(
  bench: Bench,
  { program, port }: Running,
  requests: Requests,
  clients: readonly Program[] = [bench.client],
): Promise<{ values: Values; body: string }> {
  const connections = CONNECTIONS / clients.length;
  const drive = async (ms: number): Promise<Driven[]> => {
    const each = clients.map((client) =>
      client.ask<Driven>('drive', { port, requests, connections, ms: Math.round(ms) }),
    );
    const driven = await Promise.all(each);
    for (const { refused, worked, milliseconds, body } of driven) {
      bench.measurements.workedMs += worked * milliseconds;
      if (refused > 0) throw new Error(`${refused} requests were not accepted: ${body.slice(0, 1_000)}`);
    }
    return driven;
  };
  await drive(WARM_UP_MS);
  const before = await program.ask<number>('cpu');
  const driven = await drive(bench.ms);
  const cost = (await program.ask<number>('cpu')) - before;
  const answered = driven.reduce((sum, one) => sum + one.answered, 0);
  const [{ milliseconds, worked, body }] = driven as [Driven];
  const values = {
    rate: (answered * 1_000) / milliseconds,
    cost: (cost * 1_000) / answered,
    server: cost / milliseconds,
    client: worked,
  };
  return { values, body };
}

/** The bare server, with one client or two, with minimal headers or as many as `/verify` sends. */
export function bareRate(
  bench: Bench,
  clients: readonly Program[] = [bench.client],
  subject: 'bare' | 'bare, same headers' = 'bare',
): Promise<Values> {
  return withServer(bench, { subject } as Start, async (server) => {
    return (await rate(bench, server, forwardAuth('large', HOT_KEYS), clients)).values;
  });
}

/** `/verify` with keys that are all cached, or with uncached keys only. */
export function verifyRate(
  bench: Bench,
  fixture: Fixture,
  remembered: boolean,
  cacheKeys?: number,
): Promise<Values> {
  const start: Start = {
    subject: 'Keywright',
    databaseUrl: databaseUrl(fixture),
    ...(cacheKeys && { cacheKeys }),
  };
  return withServer(bench, start, async (server) => {
    const count = remembered ? HOT_KEYS : fixture.secrets;
    const { values } = await rate(bench, server, forwardAuth(fixture.list, count));
    const counts = await server.program.ask<{ hits: number; misses: number }>('counts');
    const asRemembered = counts.misses <= count;
    const asRead = counts.hits <= counts.misses / 100;
    if (!(remembered ? asRemembered : asRead))
      throw new Error(`Keys were not found where they should be: ${JSON.stringify(counts)}`);
    return values;
  });
}

/** better-auth, with a new database each time. */
export function betterAuthRate(bench: Bench, secondary: boolean): Promise<Values> {
  const subject = secondary ? 'better-auth, secondary storage' : 'better-auth';
  const database = join(mkdtempSync(join(bench.folder, 'peer-')), 'peer.db');
  return withPeer(bench, { subject, database }, async (server) => {
    return (await rate(bench, server, withApiKey(server.key))).values;
  });
}

export type GraphqlServer = 'Keywright' | 'yoga' | 'mercurius' | 'mercurius, jit';

/** All queries in sequence on one server. Responses must match Keywright's. */
export async function graphqlRates(bench: Bench, server: GraphqlServer): Promise<Values> {
  const { large } = bench;
  const measureAll = async (running: Running): Promise<Values> => {
    const all: Record<string, number> = {};
    for (const [query, answer] of bench.answers) {
      const requests = graphql(query, large.caller, `${large.list}, own`, HOT_KEYS);
      const { values, body } = await rate(bench, running, requests);
      checkAnswer(`${server}, ${query}`, body, answer);
      for (const [unit, value] of Object.entries(values)) all[`${query}: ${unit}`] = value;
    }
    return all;
  };
  const url = databaseUrl(large);
  if (server === 'Keywright' || server === 'yoga')
    return withServer(bench, { subject: server, databaseUrl: url }, measureAll);
  return withPeer(bench, { subject: server, database: url }, measureAll);
}

/** Omits parts that differ between responses. */
function checkAnswer(what: string, body: string, answer: object): void {
  const shape = (value: object): string =>
    JSON.stringify(value, (name, one) => (/^(lastUsedAt|remaining)$/.test(name) ? undefined : one));
  const got = JSON.parse(body) as object;
  if (shape(got) !== shape(answer))
    throw new Error(`${what} answered ${shape(got).slice(0, 1_000)}, not ${shape(answer).slice(0, 1_000)}`);
}

/** The text of the same responses, serialized from an object for each request. */
export async function stringifyRates(bench: Bench): Promise<Values> {
  const all: Record<string, number> = {};
  for (const [query, answer] of bench.answers) {
    await withServer(bench, { subject: 'JSON.stringify', answer }, async (server) => {
      const requests = graphql(query, bench.large.caller, `${bench.large.list}, own`, HOT_KEYS);
      const { values } = await rate(bench, server, requests);
      for (const [unit, value] of Object.entries(values)) all[`${query}: ${unit}`] = value;
    });
  }
  return all;
}

/** Latency at a fixed rate, regardless of pending requests, milliseconds. */
export function delays(bench: Bench, subject: 'bare' | 'Keywright'): Promise<Values> {
  const { large, client } = bench;
  const start: Start = subject === 'bare' ? { subject } : { subject, databaseUrl: databaseUrl(large) };
  return withServer(bench, start, async ({ port }) => {
    const requests = forwardAuth(large.list, HOT_KEYS);
    await client.ask('drive', { port, requests, connections: CONNECTIONS, ms: WARM_UP_MS });
    const worked = await client.ask<number>('cpu');
    const values = await client.ask<Values>('pace', { port, requests, rate: PACE, ms: 2 * bench.ms });
    bench.measurements.workedMs += (await client.ask<number>('cpu')) - worked;
    return values;
  });
}

/** Resident memory before and after this number of keys was cached, megabytes. */
export function memory(bench: Bench): Promise<Values> {
  const { medium, client } = bench;
  const start: Start = { subject: 'Keywright', databaseUrl: databaseUrl(medium) };
  return withServer(bench, start, async ({ program, port }) => {
    const megabytes = async (): Promise<number> => (await program.ask<number>('memory')) / 1e6;
    const before = await megabytes();
    const requests = forwardAuth(medium.list, CACHED_KEYS);
    const worked = await client.ask<number>('cpu');
    await client.ask('once', { port, requests, connections: CONNECTIONS });
    bench.measurements.workedMs += (await client.ask<number>('cpu')) - worked;
    const after = await megabytes();
    const { misses } = await program.ask<{ misses: number }>('counts');
    if (misses < CACHED_KEYS) throw new Error(`Only ${misses} keys were read`);
    return { before, after };
  });
}
