import { describe, expect, onTestFinished, test } from 'vitest';
import { openLiveSocket } from '../support/live-socket.ts';
import { holdLock } from '../support/lock-holder.ts';
import {
  ask,
  makeApiKey,
  makeMember,
  startTestServer,
  type TestServer,
  type TestServerOptions,
} from '../support/server.ts';
import { eventually } from '../support/wait.ts';

const CREATE =
  'mutation { createApiKey(input: { name: "Late" }) { ... on CreateApiKeyPayload { apiKey { id } } } }';
const KEYS = '{ apiKeys(first: 10) { nodes { id } } }';
const MINUTE = 60_000;

async function newServer(options: TestServerOptions = {}): Promise<TestServer> {
  const server = await startTestServer('sqlite', options);
  onTestFinished(() => server.close());
  return server;
}

async function verify(server: TestServer, secret: string): Promise<number> {
  return (await fetch(`${server.url}/verify`, { headers: { Authorization: `Bearer ${secret}` } })).status;
}

/** A promise, and whether it is settled already. */
function watched<T>(promise: Promise<T>): { readonly promise: Promise<T>; settled: boolean } {
  const one = { promise, settled: false };
  const settle = () => {
    one.settled = true;
  };
  promise.then(settle, settle);
  return one;
}

describe('while another process writes to the database', () => {
  test('everything else is answered, and the change is made when it can be', async () => {
    const server = await newServer();
    const { organizationId, sessionToken: token } = await makeMember(server);
    const cached = await makeApiKey(server, organizationId);
    const others = await Promise.all(Array.from({ length: 20 }, () => makeApiKey(server, organizationId)));
    expect(await verify(server, cached.secret)).toBe(200);
    // Its last use is old enough to be written again.
    server.clock.advance(5 * MINUTE);

    const lock = await holdLock(server.services.config.databaseUrl);
    const change = watched(ask(server, CREATE, { token }));
    for (const { secret } of others) {
      expect(await verify(server, secret)).toBe(200);
      expect(await verify(server, cached.secret)).toBe(200);
    }
    for (let turn = 0; turn < 5; turn += 1) {
      const { status, data } = await ask(server, KEYS, { token });
      expect([status, data.apiKeys.nodes.length]).toEqual([200, 10]);
    }
    for (const path of ['/healthz', '/readyz']) expect((await fetch(server.url + path)).status).toBe(200);
    expect(change.settled).toBe(false);

    await lock.release();
    const { status, data } = await change.promise;
    expect(status).toBe(200);
    const { id } = data.createApiKey.apiKey;
    const found = await ask(server, `{ apiKey(id: "${id}") { name } }`, { token });
    expect(found.data.apiKey).toEqual({ name: 'Late' });
    // What was not written then, the next request writes.
    await eventually(async () => {
      await ask(server, KEYS, { token });
      const row = await server.services.db
        .selectFrom('sessions')
        .select('last_seen_at')
        .executeTakeFirstOrThrow();
      return row.last_seen_at === server.clock.now();
    });
  });

  test('a change that has waited too long is answered 503, and is not made', async () => {
    const server = await newServer({ lockWaitMs: 100 });
    const { organizationId, sessionToken: token } = await makeMember(server);
    const { secret } = await makeApiKey(server, organizationId);
    const lock = await holdLock(server.services.config.databaseUrl);
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(server, CREATE, { token })));
    for (const { status, headers, errors } of answers) {
      expect(status).toBe(503);
      expect(headers.get('retry-after')).toBe('1');
      expect(errors[0]?.extensions.code).toBe('UNAVAILABLE');
    }
    expect(server.lines.some((line) => line.includes('database is locked'))).toBe(true);
    expect(await verify(server, secret)).toBe(200);
    await lock.release();
    // Usage may be written just now.
    await eventually(async () => (await ask(server, CREATE, { token })).status === 200);
    const names = await server.services.db.selectFrom('api_keys').select('name').execute();
    expect(names.filter(({ name }) => name === 'Late')).toHaveLength(1);
  });

  test('expiries are recorded when they can be', async () => {
    const server = await newServer({ lockWaitMs: 50 });
    const { organizationId } = await makeMember(server);
    const expiresAt = server.clock.now() + MINUTE;
    const { id, secret } = await makeApiKey(server, organizationId, { expiresAt });
    const lock = await holdLock(server.services.config.databaseUrl);
    server.clock.advance(MINUTE);
    await eventually(() => server.lines.some((line) => line.includes('Expiries could not be recorded')));
    expect(await verify(server, secret)).toBe(401);
    await lock.release();
    await eventually(async () => {
      const found = server.services.db.selectFrom('audit_log').select('target_id');
      const rows = await found.where('action', '=', 'api_key.expired').execute();
      return rows.some((row) => row.target_id === id);
    });
  });

  test('a session opens a socket and asks on it', async () => {
    const server = await newServer();
    const { sessionToken: token } = await makeMember(server);
    server.clock.advance(5 * MINUTE);
    const lock = await holdLock(server.services.config.databaseUrl);
    const socket = await openLiveSocket(server);
    await socket.init(token);
    const operation = socket.subscribe(KEYS);
    await operation.received(1);
    expect(operation.events).toEqual([{ nodes: [] }]);
    await lock.release();
  });
});
