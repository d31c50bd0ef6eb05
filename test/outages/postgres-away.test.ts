import { hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient as createSseClient } from 'graphql-sse';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { withClient, withDatabase } from '../support/postgres-databases.ts';
import { openPostgresServer, type PostgresServer } from '../support/postgres-server.ts';
import { ask } from '../support/server.ts';
import { openProxy } from '../support/tcp-proxy.ts';
import { eventually } from '../support/wait.ts';
import {
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

const RECOVERY = { timeoutMs: 30_000 };
const LIST = '{ apiKeys(first: 1) { nodes { id } } }';
const CHANGED = 'subscription { apiKeyChanged { __typename } }';

describe('a PostgreSQL server', { timeout: 180_000 }, () => {
  let postgres: PostgresServer;
  let databases = 0;
  const directory = mkdtempSync(join(tmpdir(), 'keywright-away-'));
  beforeAll(async () => {
    // Stopped as in a crash, it must keep what it has committed.
    postgres = await openPostgresServer(directory, { synchronous_commit: 'on' });
  });
  afterAll(async () => {
    await postgres.stop();
    rmSync(directory, { recursive: true });
  });

  async function newDatabase(): Promise<string> {
    databases += 1;
    const name = `away_${databases}`;
    await withClient(postgres.url, (client) => client.query(`create database ${name}`));
    return withDatabase(postgres.url, name);
  }

  /** Every request that needs the database is told to come back, by whatever way it came. */
  async function expectAway(server: Process, socket: ReturnType<typeof openSocket>): Promise<void> {
    expectUnavailable(await changes(server));
    expectUnavailable(await reads(server));
    for (const token of [server.session, server.operator])
      expect(await onNewSocket(server, token, LIST)).toBe('1013');
    // Common clients connect again when their socket is closed like this.
    for (const query of [LIST, CREATE_ONE, CHANGED]) expect(await onSocket(socket, query)).toBe('1013');
    expect(await streamStatus(server)).toBe(503);
    const signIn = `mutation { signIn(input: { token: "${'A'.repeat(43)}" }) { __typename } }`;
    expectUnavailable([await ask(server, signIn)]);
    expectUnavailable([await asBrowser(server)]);
    for (const key of server.unseen) expect(await verify(server, key)).toBe(503);
    const [status, reason] = await readiness(server);
    expect(status).toBe(503);
    expect(reason).toMatch(/^the database /);
    for (const path of ['/healthz', '/sign-in', '/schema.graphql'])
      expect((await fetch(server.url + path)).status).toBe(200);
  }

  async function expectBack(server: Process, socket: ReturnType<typeof openSocket>): Promise<void> {
    await eventually(async () => (await readiness(server))[0] === 200, RECOVERY);
    await eventually(
      async () =>
        [...(await changes(server)), ...(await reads(server))].every(({ status }) => status === 200),
      RECOVERY,
    );
    expect(await onSocket(socket, LIST)).toBe('data');
    for (const token of [server.session, server.operator])
      expect(await onNewSocket(server, token, '{ viewer { actor { __typename } } }')).toBe('data');
    for (const key of [server.cached, ...server.unseen]) expect(await verify(server, key)).toBe(200);
    expectSoundLog(server);
  }

  test('that is stopped is reported by every way, and used again when it is back', async () => {
    const server = await startProcess(await newDatabase());
    const socket = openSocket(server, server.session);
    expect(await onSocket(socket, LIST)).toBe('data');
    const events: unknown[] = [];
    openSocket(server, server.session).subscribe(
      { query: 'subscription { apiKeyChanged { cursor } }' },
      { next: ({ data }) => events.push(data), error: () => {}, complete: () => {} },
    );
    await eventually(async () => {
      await ask(server, CREATE_ONE, { token: server.session });
      return events.length > 0;
    });
    await postgres.stop();
    // In memory, until another server could have changed it unheard.
    expect(await verify(server, server.cached)).toBe(200);
    await eventually(async () => (await verify(server, server.cached)) === 503);
    await expectAway(server, socket);
    const before = events.length;
    await postgres.start();
    await expectBack(server, socket);
    // The subscription waited, and has missed nothing.
    await eventually(() => events.length >= before + 3, RECOVERY);
  });

  test('that has no connections left', async () => {
    const url = new URL(await newDatabase());
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    onTestFinished(() => client.end());
    const role = `tenant_${databases}`;
    await client.query(`create role ${role} login password 'secret-word'`);
    await client.query(`alter database ${url.pathname.slice(1)} owner to ${role}`);
    url.username = role;
    url.password = 'secret-word';
    const server = await startProcess(url.href);
    const socket = openSocket(server, server.session);
    expect(await onSocket(socket, LIST)).toBe('data');
    await client.query(`alter role ${role} connection limit 0`);
    await client.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [role]);
    await eventually(async () => (await verify(server, server.cached)) === 503, RECOVERY);
    await expectAway(server, socket);
    expect(await readiness(server)).toEqual([503, 'the database is out of resources']);
    expect(server.child.stderr()).toContain('(53300)');
    await client.query(`alter role ${role} connection limit -1`);
    await expectBack(server, socket);
  });

  test('that no longer answers, and closes nothing', async () => {
    const proxy = await openProxy(Number(new URL(postgres.url).port));
    const server = await startProcess(proxy.through(await newDatabase()));
    const socket = openSocket(server, server.session);
    expect(await onSocket(socket, LIST)).toBe('data');
    proxy.swallow();
    expect(await readiness(server)).toEqual([503, 'the database does not respond in time']);
    // A statement may take 30 seconds, so that is how long silence is no failure.
    expectUnavailable([...(await changes(server)), ...(await reads(server))]);
    expect(await onSocket(socket, LIST)).toBe('1013');
    proxy.mend();
    await expectBack(server, socket);
  });
});

/** The status with which graphql-sse sees a subscription rejected. */
function streamStatus({ url, session }: Process): Promise<number | undefined> {
  const headers = { Authorization: `Bearer ${session}` };
  const client = createSseClient({ url: `${url}/graphql`, headers, retryAttempts: 0 });
  return new Promise((resolve) => {
    client.subscribe(
      { query: CHANGED },
      {
        next: () => resolve(200),
        error: (error) => resolve((error as { response?: Response }).response?.status),
        complete: () => resolve(200),
      },
    );
  });
}

/** What the console asks first, with its cookie, which must outlast the outage. */
async function asBrowser({ url, session }: Process) {
  const name = `keywright_${hash('sha256', url, 'hex').slice(0, 8)}`;
  const headers = { Cookie: `${name}=${session}`, 'X-Requested-With': 'keywright' };
  const answer = await ask({ url }, '{ viewer { actor { __typename } } }', { headers });
  expect(answer.headers.get('set-cookie')).toBeNull();
  return answer;
}
