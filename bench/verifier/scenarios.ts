import { turned, type Values } from '../measurements.ts';
import { Program, type Programs } from '../processes.ts';
import type { Driven } from '../verification/client.ts';
import { forwardAuth } from '../verification/requests.ts';
import { CONNECTIONS, HOT_KEYS, PACE } from '../verification/scenarios.ts';
import { type ApiStart, PROTECTIONS, type Protection } from './protections.ts';
import { residentMegabytes, type Serving, serve, workedMs } from './serving.ts';

const WARM_UP_MS = 2_000;

/** Keys that one verifier verifies in turn: each has a rate limit, which is used by slices. */
const HOT_LIMITED = 20;

/** How often the APIs take turns. */
const API_TURNS = 12;

const NOTHING = { answered: 0, milliseconds: 0 };

/** A database that was created for the benchmark. */
export interface Seeding {
  /** Name of the list of its secrets at the client, and where they are. */
  readonly list: string;
  readonly path: string;
  readonly secrets: number;
  readonly caller: string;
}

/** Context of the scenarios. */
export interface Bench {
  readonly programs: Programs;
  readonly peersFolder: string;
  readonly client: Program;
  readonly large: Seeding;
  readonly medium: Seeding;
  /** Duration of each measurement, milliseconds. */
  readonly ms: number;
}

export async function withServing<T>(
  { path }: Seeding,
  workers: number,
  run: (serving: Serving) => Promise<T>,
  env: Readonly<Record<string, string>> = {},
): Promise<T> {
  const serving = await serve(`sqlite:${path}`, workers, env);
  try {
    return await run(serving);
  } finally {
    await serving.stop();
  }
}

export async function withProgram<T>(
  programs: Programs,
  name: string,
  run: (program: Program) => Promise<T>,
): Promise<T> {
  const program = new Program(programs, name);
  try {
    return await run(program);
  } finally {
    await program.end();
  }
}

/** Requests per second with one secret after the other, all of which must be accepted. */
async function drive(
  { client, ms }: Bench,
  port: number,
  list: string,
  count: number,
  warmUpMs = WARM_UP_MS,
): Promise<number> {
  const requests = forwardAuth(list, count);
  if (warmUpMs > 0) await client.ask('drive', { port, requests, connections: CONNECTIONS, ms: warmUpMs });
  const driven = await client.ask<Driven>('drive', { port, requests, connections: CONNECTIONS, ms });
  if (driven.refused > 0) throw new Error(`${driven.refused} requests were not accepted: ${driven.body}`);
  return (driven.answered * 1_000) / driven.milliseconds;
}

/** The bare server with the headers of `/verify`. */
export function bareRate(bench: Bench): Promise<Values> {
  return withProgram(bench.programs, 'server', async (program) => {
    const port = await program.ask<number>('start', { subject: 'bare, same headers' });
    return { rate: await drive(bench, port, bench.large.list, HOT_KEYS) };
  });
}

/** `/verify` on VERIFY_PORT: cached keys, or keys of which none is asked for twice. */
export function verifyRate(bench: Bench, workers: number, isCached: boolean): Promise<Values> {
  const { large } = bench;
  const env = isCached ? {} : { VERIFY_CACHE_KEYS: '100' };
  return withServing(
    large,
    workers,
    async (serving) => {
      const count = isCached ? HOT_KEYS : large.secrets;
      const rate = await drive(bench, serving.verifyPort, large.list, count);
      return { rate };
    },
    env,
  );
}

/** Latency at a fixed rate, regardless of pending requests, milliseconds. */
export function delays(bench: Bench, subject: 'bare' | 'processes'): Promise<Values> {
  const measure = async (port: number): Promise<Values> => {
    const { client, large, ms } = bench;
    const requests = forwardAuth(large.list, HOT_KEYS);
    await client.ask('drive', { port, requests, connections: CONNECTIONS, ms: WARM_UP_MS });
    return client.ask<Values>('pace', { port, requests, rate: PACE, ms: 2 * ms });
  };
  if (subject === 'processes') return withServing(bench.large, 1, ({ verifyPort }) => measure(verifyPort));
  return withProgram(bench.programs, 'server', async (program) =>
    measure(await program.ask<number>('start', { subject: 'bare, same headers' })),
  );
}

/** Resident memory of a verification process before and after 100,000 keys were cached, megabytes. */
export function processMemory(bench: Bench): Promise<Values> {
  const { medium, client } = bench;
  return withServing(medium, 1, async (serving) => {
    const [pid] = serving.processes();
    const before = residentMegabytes(pid);
    const main = residentMegabytes(serving.process.pid);
    const requests = forwardAuth(medium.list, 100_000);
    await client.ask('once', { port: serving.verifyPort, requests, connections: CONNECTIONS });
    await new Promise((done) => setTimeout(done, 2_000));
    return { before, after: residentMegabytes(pid), main };
  });
}

/** `verify()` in process, next to the loop that only hashes, and the core alone. */
export function embeddedRates(bench: Bench): Promise<Values> {
  const { large, ms, programs } = bench;
  return withServing(large, 0, ({ url }) =>
    withProgram(programs, 'embedded', async (program) => {
      await program.ask('connect', { url, token: large.caller });
      await program.ask('use', { path: `${large.path.replace(/\.db$/, '.txt')}.own`, count: HOT_LIMITED });
      const hash = await program.ask<number>('hash', { ms });
      const core = await program.ask<number>('core', { ms });
      const verify = await program.ask<{ rate: number; waited: number; hits: number; misses: number }>(
        'verify',
        { ms },
      );
      await program.ask('stop');
      if (verify.misses > verify.hits / 1_000)
        throw new Error(`Keys were not cached: ${JSON.stringify(verify)}`);
      return { hash, core, rate: verify.rate, waited: verify.waited };
    }),
  );
}

/**
 * Fastify APIs: unprotected, with the middleware, and asking `/verify`. In turns of a fraction of a second, so that what
 * else happens on the machine happens to all of them.
 */
export function apiRates(bench: Bench): Promise<Values> {
  const { large, ms, client, programs, peersFolder } = bench;
  return withServing(large, 1, ({ url, verifyPort }) =>
    withProgram(programs, 'api', async (program) => {
      const start: ApiStart = {
        ...{ url, token: large.caller, peersFolder },
        verifyOrigin: `http://127.0.0.1:${verifyPort}`,
      };
      const ports = await program.ask<Record<Protection, number>>('start', start);
      const requests = forwardAuth(`${large.list}, own`, HOT_LIMITED);
      const run = async (protection: Protection, runMs: number): Promise<Driven> => {
        const params = { port: ports[protection], requests, connections: CONNECTIONS, ms: runMs };
        const driven = await client.ask<Driven>('drive', params);
        if (driven.refused > 0) throw new Error(`${driven.refused} requests were not accepted`);
        return driven;
      };
      for (const protection of PROTECTIONS) await run(protection, 2 * WARM_UP_MS);
      const totals = { none: { ...NOTHING }, middleware: { ...NOTHING }, request: { ...NOTHING } };
      for (let turn = 0; turn < API_TURNS; turn += 1) {
        for (const protection of turned(PROTECTIONS, turn)) {
          const { answered, milliseconds } = await run(protection, (2 * ms) / API_TURNS);
          totals[protection].answered += answered;
          totals[protection].milliseconds += milliseconds;
        }
      }
      const rate = ({ answered, milliseconds }: typeof NOTHING) => (answered * 1_000) / milliseconds;
      const { none, middleware, request } = totals;
      return { none: rate(none), middleware: rate(middleware), request: rate(request) };
    }),
  );
}

/** Memory of the server per idle verifier, kilobytes; messages and microseconds of its CPU per verifier and second. */
export function idleStreams(bench: Bench, count: number): Promise<Values> {
  const { large, ms, programs } = bench;
  return withServing(
    large,
    0,
    (serving) =>
      withProgram(programs, 'streams', async (program) => {
        const { url } = serving;
        const pid = serving.process.pid;
        // Code and buffers that the first ones need.
        await program.ask('open', { url, token: large.caller, count: 50 });
        await new Promise((done) => setTimeout(done, 2_000));
        const before = residentMegabytes(pid);
        await program.ask('open', { url, token: large.caller, count });
        await new Promise((done) => setTimeout(done, 3_000));
        const after = residentMegabytes(pid);
        const counts = () => program.ask<{ messages: number }>('counts');
        const [from, worked, start] = [await counts(), workedMs(pid), performance.now()];
        await new Promise((done) => setTimeout(done, 2 * ms));
        const seconds = (performance.now() - start) / 1_000;
        const streams = count + 50;
        return {
          kilobytes: ((after - before) * 1_000) / count,
          messages: ((await counts()).messages - from.messages) / seconds / streams,
          cost: ((workedMs(pid) - worked) * 1_000) / seconds / streams,
        };
      }),
    {
      VERIFIERS_PER_ORGANIZATION: '100000',
      CONNECTIONS_PER_ADDRESS: '100000',
      LIVE_SOCKETS_PER_CALLER: '100000',
    },
  );
}
