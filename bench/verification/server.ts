import { setTimeout as pause } from 'node:timers/promises';
import type { App } from '../../src/app.ts';
import { answerTo, cpuMs } from '../rpc.ts';
import { startBare, startBareWithHeaders, startStringify } from './bare.ts';
import { startKeywright } from './keywright.ts';
import { measureLookUps, measureSelectOne } from './look-ups.ts';
import { seed } from './seed.ts';
import { seedPostgres } from './seed-postgres.ts';
import { startYoga } from './yoga.ts';

export type Start =
  | { readonly subject: 'bare' }
  | { readonly subject: 'bare, same headers' }
  | { readonly subject: 'JSON.stringify'; readonly answer: object }
  | { readonly subject: 'yoga'; readonly databaseUrl: string }
  | { readonly subject: 'Keywright'; readonly databaseUrl: string; readonly cacheKeys?: number };

/** Two intervals of writing usage. */
const SETTLING_MS = 1_000;

let app: App | undefined;

async function start(params: Start): Promise<number> {
  if (params.subject === 'bare') return startBare();
  if (params.subject === 'bare, same headers') return startBareWithHeaders();
  if (params.subject === 'JSON.stringify') return startStringify(params.answer);
  if (params.subject === 'yoga') return startYoga(params.databaseUrl);
  const started = await startKeywright(params.databaseUrl, params.cacheKeys);
  app = started;
  return Number(new URL(started.url).port);
}

answerTo({
  seed: ({ path, keys, secrets }: { path: string; keys: number; secrets: string }) =>
    seed(path, keys, secrets),
  seedPostgres: ({ url, keys }: { url: string; keys: number }) => seedPostgres(url, keys),
  start,
  selectOne: measureSelectOne,
  lookUps: measureLookUps,

  /** Numbers of cache hits and misses. */
  counts: () => app?.services.keys.counts,

  cpu: () => cpuMs(),

  /** Resident memory after writing usage and garbage collection, bytes. */
  async memory(): Promise<number> {
    await app?.services.usage.flush();
    await pause(SETTLING_MS);
    for (let times = 0; times < 5; times++) {
      globalThis.gc?.();
      await pause(100);
    }
    return process.memoryUsage.rss();
  },
});
