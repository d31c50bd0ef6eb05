import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import packages from '../package.json' with { type: 'json' };
import { median, writeSection } from './figures.ts';
import { machine } from './machine.ts';
import { Measurements, turned, type Values } from './measurements.ts';
import { buildPrograms, Program } from './processes.ts';
import { report } from './subscriptions/report.ts';
import {
  type Bench,
  delaysAtRest,
  IDLE_SUBSCRIBERS,
  KEYS_PER_SUBSCRIBER,
  memoryPerSubscriber,
  type Rated,
  revocationDelays,
  SUBSCRIBERS,
  throughput,
} from './subscriptions/scenarios.ts';
import type { SubjectName } from './subscriptions/server.ts';
import type { World } from './subscriptions/world.ts';

// Keywright's subscriptions beside a bare `ws` server and beside yoga with graphql-ws, all in one run, in turn.

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    /** Only the measurements whose name begins so. */
    only: { type: 'string', default: '' },
    /** Only the servers whose name begins so. */
    server: { type: 'string', default: '' },
    /** Writes the figures to bench/RESULTS.md. */
    write: { type: 'boolean', default: false },
  },
});

/** Little may disturb a measurement: figures of single messages are small. */
const measurements = new Measurements({ waitMs: 20_000, disturbanceMax: 0.15, attemptsMax: 3 });

const PLAIN = 'yoga + graphql-ws';
const RATED: readonly (readonly [Rated, readonly SubjectName[]])[] = [
  ['one document', ['ws, send', 'Keywright', PLAIN, 'ws, frame']],
  ['50 documents', ['ws, send', 'Keywright', PLAIN]],
  ['one of 1,000', ['ws, send', 'Keywright', PLAIN]],
];

async function measure(name: string, run: () => Promise<Values>): Promise<void> {
  if (!name.startsWith(options.only) || !name.split(': ')[1]?.startsWith(options.server)) return;
  await measurements.take(name, run);
}

async function round(bench: Bench, number: number): Promise<void> {
  for (const [scenario, subjects] of RATED) {
    for (const subject of turned(subjects, number)) {
      await measure(`${scenario}: ${subject}`, async () => ({
        ...(await throughput(bench, subject, scenario)),
      }));
    }
  }
  for (const subject of turned(['ws, send', 'Keywright'] as const, number)) {
    await measure(`delay: ${subject}`, async () => ({ ...(await delaysAtRest(bench, subject)) }));
  }
  await measure('revocation: Keywright', async () => {
    const { commit, answer } = await revocationDelays(bench);
    return {
      'p50 from commit': commit.p50,
      'p99 from commit': commit.p99,
      'p50 from answer': answer.p50,
      'p99 from answer': answer.p99,
    };
  });
  for (const subject of turned(['ws, send', 'Keywright', PLAIN] as const, number)) {
    await measure(`memory: ${subject}`, async () => ({
      bytes: await memoryPerSubscriber(bench, subject),
    }));
  }
}

function introduction({ bytes }: Bench): string {
  const { disturbances } = measurements;
  const { dependencies } = packages;
  const versions = Object.fromEntries(
    (['ws', 'graphql', 'graphql-ws', 'graphql-yoga', 'better-sqlite3'] as const).map((name) => [
      name,
      dependencies[name],
    ]),
  );
  return [
    `\`npm run bench:subscriptions\` on ${machine(versions)}. Medians of ${options.rounds} rounds, and of each round's`,
    `ratios; the servers take turns. Servers and clients are processes of their own, bundled alike. An event is ${bytes}`,
    'bytes, of which the 36 of the subscription’s id differ for each subscriber. Uses are published on the bus, past',
    'verification and the writing of usage. "yoga" is the same schema and events behind yoga and graphql-ws, put together',
    'as their documentation says. "One of 1,000": each subscriber names keys of its own, and each event is for one of',
    `them. Other programs took ${median(disturbances).toFixed(2)} of ${cpus().length} cores meanwhile (median; at most`,
    `${Math.max(...disturbances).toFixed(2)}).`,
  ].join('\n');
}

const programs = await buildPrograms({
  files: { server: 'bench/subscriptions/server.ts', client: 'bench/subscriptions/client.ts' },
});
const folder = mkdtempSync(join(tmpdir(), 'keywright-'));
try {
  const preparing = new Program(programs, 'server');
  const file = join(folder, 'world.db');
  const size = { users: IDLE_SUBSCRIBERS / 1_000, keys: SUBSCRIBERS * KEYS_PER_SUBSCRIBER };
  const world = await preparing.ask<World>('prepare', { file, ...size });
  await preparing.end();
  const bench: Bench = { programs, folder, world, bytes: 330, measurements };
  for (let number = 0; number < Number(options.rounds); number++) await round(bench, number);
  const text = `${introduction(bench)}\n\n${report(measurements.figures)}`;
  console.log(`\n${text}`);
  const results = fileURLToPath(new URL('RESULTS.md', import.meta.url));
  if (options.write) writeSection(results, 'Subscriptions', text);
} finally {
  rmSync(folder, { recursive: true, force: true });
  programs.remove();
}
