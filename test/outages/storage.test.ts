import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createTestDatabaseUrl } from '../support/databases.ts';
import { withClient } from '../support/postgres-databases.ts';
import { findProgram } from '../support/programs.ts';
import { ask } from '../support/server.ts';
import { eventually } from '../support/wait.ts';
import {
  CREATE,
  CREATE_ONE,
  changes,
  expectSoundLog,
  expectUnavailable,
  onNewSocket,
  onSocket,
  openSocket,
  type Process,
  readiness,
  reads,
  startProcess,
  verify,
} from './process.ts';

const TIMEOUT_MS = 120_000;
const RECOVERY = { timeoutMs: 30_000 };

/** A database that can be kept from being written while a server runs on it. */
interface Storage {
  readonly url: string;
  /** Changes fail from now on. */
  begin(server: Process): Promise<void> | void;
  end(server: Process): Promise<void> | void;
}

/** What an operator reads in `/readyz` and in the log. */
interface Told {
  readonly reason: string;
  readonly cause: RegExp;
}

/** The limit of the size of files, which a process may lower and raise: writes beyond it fail. */
function limitFiles({ child }: Process, bytes: string): void {
  execFileSync('prlimit', ['--pid', String(child.process.pid), `--fsize=${bytes}:`]);
}

async function failingFile(): Promise<Storage> {
  const { url, drop } = await createTestDatabaseUrl('sqlite', { empty: true });
  onTestFinished(drop);
  return {
    url,
    begin: (server) => limitFiles(server, '1'),
    end: (server) => limitFiles(server, 'unlimited'),
  };
}

async function fullDisk(): Promise<Storage> {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-full-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder]);
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', folder]);
    rmSync(folder, { recursive: true });
  });
  const rest = join(folder, 'rest');
  return {
    url: `sqlite:${join(folder, 'keywright.db')}`,
    begin: () => void execFileSync('sh', ['-c', `cat /dev/zero > "${rest}" 2>/dev/null || true`]),
    end: () => rmSync(rest),
  };
}

async function movedFile(): Promise<Storage> {
  const { url, drop } = await createTestDatabaseUrl('sqlite', { empty: true });
  onTestFinished(drop);
  const path = url.slice('sqlite:'.length);
  const move = (from: string, to: string) => {
    for (const suffix of ['', '-wal', '-shm']) renameSync(from + suffix, to + suffix);
  };
  return { url, begin: () => move(path, `${path}.old`), end: () => move(`${path}.old`, path) };
}

async function readOnlyServer(): Promise<Storage> {
  const { url, drop } = await createTestDatabaseUrl('postgres', { empty: true });
  onTestFinished(drop);
  const name = pg.escapeIdentifier(new URL(url).pathname.slice(1));
  const set = (value: 'on' | 'off') =>
    withClient(url, async (client) => {
      await client.query('set default_transaction_read_only = off');
      await client.query(`alter database ${name} set default_transaction_read_only = ${value}`);
    });
  return {
    url,
    begin: async () => {
      await set('on');
      await withClient(url, (client) =>
        client.query(
          'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
        ),
      );
    },
    end: () => set('off'),
  };
}

const isRoot = process.getuid?.() === 0;

describe.each([
  {
    name: 'an SQLite file that can’t be written',
    open: failingFile,
    runs: findProgram('prlimit') !== null,
    told: { reason: "the database can't be read or written", cause: /disk I\/O error \(SQLITE_IOERR/ },
  },
  {
    name: 'an SQLite file on a full disk',
    open: fullDisk,
    // Only root may make a small disk.
    runs: isRoot,
    told: { reason: 'there is no disk space left to save changes', cause: /disk is full \(SQLITE_FULL\)/ },
  },
  {
    name: 'an SQLite file that was moved',
    open: movedFile,
    runs: process.platform !== 'win32',
    told: {
      reason: 'the database file was moved or deleted',
      cause: /was moved, deleted or replaced \(SQLITE_READONLY_DBMOVED\)/,
    },
  },
  {
    name: 'a PostgreSQL server that has become read-only',
    open: readOnlyServer,
    runs: true,
    told: { reason: 'the database is read-only', cause: /in a read-only transaction \(25006\)/ },
  },
])('$name', ({ open, runs, told }: { open: () => Promise<Storage>; runs: boolean; told: Told }) => {
  test.skipIf(!runs)(
    'fails changes only, and everything goes on afterwards',
    { timeout: TIMEOUT_MS },
    async () => {
      const storage = await open();
      const server = await startProcess(storage.url);
      const { cached, unseen, session } = server;
      const socket = openSocket(server, session);
      expect(await onSocket(socket, '{ viewer { actor { __typename } } }')).toBe('data');
      expect(await readiness(server)).toEqual([200]);

      await storage.begin(server);
      // On PostgreSQL, connections that were cut are replaced first.
      await eventually(
        async () => (await reads(server)).every(({ errors }) => errors.length === 0),
        RECOVERY,
      );
      expect(await readiness(server)).toEqual([503, told.reason]);
      for (const path of ['/healthz', '/readyz?scope=verify'])
        expect((await fetch(server.url + path)).status).toBe(200);
      for (let round = 0; round < 3; round += 1) expectUnavailable(await changes(server));
      expect(await onSocket(socket, CREATE_ONE)).toBe('UNAVAILABLE');
      expect(await onNewSocket(server, session, CREATE_ONE)).toBe('UNAVAILABLE');
      for (const { errors } of await reads(server)) expect(errors).toEqual([]);
      expect(await onNewSocket(server, session, '{ apiKeys(first: 1) { nodes { id } } }')).toBe('data');
      for (const key of [cached, cached, ...unseen]) expect(await verify(server, key)).toBe(200);
      expect(await readiness(server)).toEqual([503, told.reason]);
      expect(server.child.stderr()).toMatch(told.cause);

      await storage.end(server);
      await eventually(async () => (await readiness(server))[0] === 200, RECOVERY);
      for (const { errors, data } of await changes(server)) {
        expect(errors).toEqual([]);
        expect(data.createApiKey.apiKey.id).toMatch(/^key_/);
      }
      expect(await onSocket(socket, CREATE_ONE)).toBe('data');
      for (const key of [cached, ...unseen]) expect(await verify(server, key)).toBe(200);
      // Those of the outage and those after it, each once.
      await eventually(async () => (await usesOf(server, cached.id)) === 4, RECOVERY);
      for (const { id } of unseen) await eventually(async () => (await usesOf(server, id)) === 2, RECOVERY);
      expectSoundLog(server);

      server.child.process.kill('SIGTERM');
      expect(await server.child.ended).toBe(0);
    },
  );

  test.skipIf(!runs)('records an expiry that came meanwhile', { timeout: TIMEOUT_MS }, async () => {
    const storage = await open();
    const server = await startProcess(storage.url);
    const expiresAt = new Date(Date.now() + 2_000).toISOString();
    const variables = { input: { name: 'Brief', expiresAt } };
    const { data } = await ask(server, CREATE, { token: server.session, variables });
    const { secret, apiKey } = data.createApiKey;
    await storage.begin(server);
    await eventually(async () => (await verify(server, { id: apiKey.id, secret })) === 401, RECOVERY);
    await eventually(() => server.child.stderr().includes('Expiries could not be recorded'), RECOVERY);
    await storage.end(server);
    await eventually(async () => {
      const query = `{ apiKey(id: "${apiKey.id}") { auditLog { nodes { action } } } }`;
      const { nodes } = (await ask(server, query, { token: server.session })).data.apiKey.auditLog;
      return nodes.some(({ action }: { action: string }) => action === 'api_key.expired');
    }, RECOVERY);
    expectSoundLog(server);
  });
});

async function usesOf({ url, session }: Process, id: string): Promise<number> {
  const query = `{ apiKey(id: "${id}") { secrets { uses } } }`;
  const { data } = await ask({ url }, query, { token: session });
  return Number(data.apiKey.secrets[0].uses);
}
