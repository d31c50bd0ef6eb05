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
import type { Fixture } from './subscriptions/fixture.ts';
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

// Keywright's subscriptions compared with a bare `ws` server and with yoga and graphql-ws, all in one run, in turn.

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    /** Only measurements whose name starts with this text. */
    only: { type: 'string', default: '' },
    /** Only servers whose name starts with this text. */
    server: { type: 'string', default: '' },
    /** Writes the results to bench/RESULTS.md. */
    write: { type: 'boolean', default: false },
  },
});

/** Only small disturbances are acceptable, because the values of single messages are small. */
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
    `\`npm run bench:subscriptions\` on ${machine(versions)}. Medians of ${options.rounds} rounds, and of the ratios`,
    `in each round. The servers take turns. Servers and clients run in separate processes, bundled in the same way. An`,
    `event has ${bytes} bytes, of which 36, the subscription’s ID, differ for each subscriber. Uses are published on the bus,`,
    'without verification and saving usage. "yoga" is the same schema with the same events, served by yoga and graphql-ws',
    'according to their documentation. "One of 1,000": each subscriber selects its own keys, and each event is for one of',
    `them. Other programs took ${median(disturbances).toFixed(2)} of ${cpus().length} cores (median; at most`,
    `${Math.max(...disturbances).toFixed(2)}).`,
  ].join('\n');
}

const programs = await buildPrograms({
  files: { server: 'bench/subscriptions/server.ts', client: 'bench/subscriptions/client.ts' },
});
const folder = mkdtempSync(join(tmpdir(), 'keywright-'));
try {
  const preparing = new Program(programs, 'server');
  const file = join(folder, 'fixture.db');
  const size = { users: IDLE_SUBSCRIBERS / 1_000, keys: SUBSCRIBERS * KEYS_PER_SUBSCRIBER };
  const fixture = await preparing.ask<Fixture>('prepare', { file, ...size });
  await preparing.end();
  const bench: Bench = { programs, folder, fixture, bytes: 330, measurements };
  for (let number = 0; number < Number(options.rounds); number++) await round(bench, number);
  const text = `${introduction(bench)}\n\n${report(measurements.figures)}`;
  console.log(`\n${text}`);
  const results = fileURLToPath(new URL('RESULTS.md', import.meta.url));
  if (options.write) writeSection(results, 'Subscriptions', text);
} finally {
  rmSync(folder, { recursive: true, force: true });
  programs.remove();
}
