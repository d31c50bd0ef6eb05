import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { isStale } from '../../scripts/build.mjs';
import { isConsoleStale } from '../../scripts/build-console.mjs';
import { isVerifierStale } from '../../scripts/build-verifier.mjs';
import { dropDatabases } from './postgres-databases.ts';
import { startPostgres } from './postgres-server.ts';

/** What the test files share in one run. */
export interface TestRun {
  /** A folder that is removed after the run, whichever way it ends. */
  readonly directory: string;
  /** A superuser's address of a PostgreSQL server. */
  readonly postgresUrl: string;
  /** Every database made in this run has a name that starts with this. */
  readonly databasePrefix: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    testRun: TestRun;
  }
}

/** Starts PostgreSQL, once a run, unless TEST_DATABASE_URL names a server to use; and builds what is out of date. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), 'keywright-test-'));
  const guard = guardOf(directory);
  // Once, before servers of several test files find it out of date at the same time.
  if (isStale()) await run('scripts/build.mjs', '--server');
  if (isConsoleStale()) await run('scripts/build-console.mjs');
  if (isVerifierStale()) await run('scripts/build-verifier.mjs');
  const given = process.env.TEST_DATABASE_URL;
  const postgresUrl = given || (await startPostgres(directory));
  const databasePrefix = `keywright_test_${process.pid}_${Date.now()}`;
  project.provide('testRun', { directory, postgresUrl, databasePrefix });
  return async () => {
    if (given) await dropDatabases(given, databasePrefix);
    const ended = once(guard, 'exit');
    guard.stdin?.end();
    await ended;
  };
}

/** Runs a script; where it fails the tests that need what it makes say so. */
async function run(...script: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, script, { stdio: ['ignore', 'ignore', 'inherit'] });
  await once(child, 'close');
}

/** Stops the server and removes the folder when its input closes: on purpose, or because this process was killed. */
function guardOf(directory: string): ChildProcess {
  const script = `
    read -r _
    if read -r pid < "$1/postgres/postmaster.pid"; then
      kill -INT "$pid"
      while kill -0 "$pid"; do sleep 0.05; done
    fi
    rm -rf "$1"`;
  return spawn('sh', ['-c', script, 'guard', directory], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
}
