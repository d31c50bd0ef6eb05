import { setTimeout as pause } from 'node:timers/promises';
import type { App } from '../../src/app.ts';
import { answerTo, cpuMs } from '../asked.ts';
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

/** Two intervals in which usage is written. */
const SETTLING_MS = 1_000;

let app: App | undefined;

async function start(given: Start): Promise<number> {
  if (given.subject === 'bare') return startBare();
  if (given.subject === 'bare, same headers') return startBareWithHeaders();
  if (given.subject === 'JSON.stringify') return startStringify(given.answer);
  if (given.subject === 'yoga') return startYoga(given.databaseUrl);
  const started = await startKeywright(given.databaseUrl, given.cacheKeys);
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

  /** How often a key was found in memory, and how often the database was asked. */
  counts: () => app?.services.keys.counts,

  cpu: () => cpuMs(),

  /** The resident memory, bytes, after uses were written and what is not needed was collected. */
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
