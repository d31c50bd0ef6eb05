import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../db/open.ts';
import { createApp } from '../../src/app.ts';
import { parseConfig } from '../../src/core/config/config.ts';
import { createLog } from '../../src/core/log.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { createTestDatabaseUrl, onEachDatabase } from '../support/databases.ts';
import { anyone, revoke } from '../support/live.ts';
import { ask, makeApiKey, makeMember, makeOperatorToken, startTestServer } from '../support/server.ts';
import { holdingVerifier, openVerifier, type TestVerifier } from '../support/verifier.ts';
import { eventually } from '../support/wait.ts';

const REVOKE = `mutation ($id: ID!) { revokeApiKey(input: { id: $id }) {
  ... on RevokeApiKeyPayload { propagation { confirmedNodes totalNodes } } } }`;

const VERIFIERS = '{ organization { verifiers { id kind name connectedAt cachedKeys current } } }';

async function database(engine: 'sqlite' | 'postgres') {
  const { url, drop } = await createTestDatabaseUrl(engine);
  onTestFinished(drop);
  const start = async () => {
    const server = await startTestServer(engine, { databaseUrl: url });
    onTestFinished(() => server.close());
    return server;
  };
  return { url, start };
}

async function place(server: Awaited<ReturnType<typeof startTestServer>>) {
  const owner = await makeMember(server);
  const { organizationId } = owner;
  const { secret: token } = await makeApiKey(server, organizationId, { grants: ['api.key.verify'] });
  const key = await makeApiKey(server, organizationId);
  return { ...owner, token, key };
}

onEachDatabase('a server with verifiers', (engine) => {
  test('ends their leases before it stops, and the next one answers at once', async () => {
    const { start } = await database(engine);
    const server = await start();
    const { token, key } = await place(server);
    const verifier = await holdingVerifier(server, token, key.secret);
    await server.close();
    expect(verifier.of('Reset')).toHaveLength(1);
    expect(verifier.holdsLease).toBe(false);
    const next = await start();
    const begun = performance.now();
    await revoke(next, key.id);
    const tookMs = performance.now() - begun;
    expect(tookMs < verifier.leaseMs).toBe(true);
  });

  test('waits for a lease that is not given up, and grants no other', async () => {
    const { start } = await database(engine);
    const server = await start();
    const { token, key } = await place(server);
    const verifier = await holdingVerifier(server, token, key.secret);
    verifier.acknowledges = false;
    const until = verifier.of('Lease').length > 0 ? verifier.leaseUntil : 0;
    const closing = server.close();
    await eventually(() => verifier.of('Reset').length);
    const before = verifier.of('Lease').length;
    verifier.pong({ stream: verifier.stream, acknowledged: 1, nonce: 'n'.repeat(20) });
    await closing;
    expect(performance.now() > until).toBe(true);
    expect(verifier.of('Lease')).toHaveLength(before);
  });

  test('are listed with those of all servers, for members that may see the organization', async () => {
    const { start } = await database(engine);
    const servers = engine === 'postgres' ? [await start(), await start()] : [await start()];
    const [server] = servers as [Awaited<ReturnType<typeof start>>];
    const { token, key, sessionToken } = await place(server);
    const verifiers: TestVerifier[] = [];
    for (const [index, one] of servers.entries()) {
      const verifier = await openVerifier(one, token, { name: `Orders ${index}` });
      await verifier.lookUp(key.secret);
      await verifier.lease();
      verifiers.push(verifier);
    }
    const operator = await makeOperatorToken(server, 'back-end');
    await openVerifier(server, operator, { name: 'internal' });
    const foreign = await place(server);
    await openVerifier(server, foreign.token, { name: 'Other' });
    const listed = async () =>
      (await ask(server, VERIFIERS, { token: sessionToken })).data.organization.verifiers;
    const names = async () => (await listed()).map(({ name }: { name: string | null }) => name).sort();
    const expected = [null, ...servers.map((_, index) => `Orders ${index}`)].sort();
    await eventually(async () => JSON.stringify(await names()) === JSON.stringify(expected), {
      timeoutMs: 15_000,
    });
    // As of the last time that the rows were written.
    const first = await eventually(async () => {
      for (const verifier of verifiers) await verifier.lease();
      return (await listed()).find(({ current }: { current: boolean }) => current);
    });
    expect(first).toMatchObject({ kind: 'EMBEDDED', connectedAt: expect.any(String) });
    const narrow = await ask(server, VERIFIERS, { token });
    expect(narrow.errors[0]?.extensions.code).toBe('FORBIDDEN');
    await server.close();
  });
});

test('a server on SQLite that was killed waits at its start, for as long as verifiers may hold leases', async () => {
  const { url, start } = await database('sqlite');
  const server = await start();
  const { token, key } = await place(server);
  const verifier = await holdingVerifier(server, token, key.secret);
  const { leaseMs } = verifier;
  // What a killed server leaves: its mark was never written.
  const left = await openDatabase(url);
  await server.close();
  await left.kysely.updateTable('verifier_leases').set({ idle: 0 }).execute();
  await left.close();
  const startedAt = performance.now();
  const next = await start();
  const { status } = await fetch(`${next.url}/verify`, { headers: { 'X-API-Key': key.secret } });
  expect(status).toBe(200);
  expect(performance.now() - startedAt < leaseMs).toBe(true);
  await revoke(next, key.id);
  expect(performance.now() - startedAt > leaseMs).toBe(true);
});

test('a command that changes SQLite beside the server reaches verifiers, and waits for their leases', async () => {
  const { url, start } = await database('sqlite');
  const server = await start();
  const { token, key } = await place(server);
  const verifier = await holdingVerifier(server, token, key.secret);
  const opened = await openDatabase(url);
  const config = parseConfig({ DATABASE_URL: url });
  const app = await createApp(config, { database: opened, log: createLog('silent') });
  onTestFinished(async () => {
    await app.stop();
    await opened.close();
  });
  const begun = performance.now();
  const revoking = revokeApiKey(anyone(app), { id: key.id, reason: null });
  await eventually(() => verifier.of('Change').length);
  expect(verifier.cached.has(key.id)).toBe(false);
  await revoking;
  expect(performance.now() - begun > verifier.leaseMs).toBe(true);
  expect(verifier.of('Change')[0]).toMatchObject({ apiKeyIds: [key.id] });
});

test('a change on one server of PostgreSQL waits for the verifiers of another, and counts them', async () => {
  const { start } = await database('postgres');
  const [one, other] = [await start(), await start()];
  const { token, key, sessionToken } = await place(one);
  const verifiers = [
    await holdingVerifier(one, token, key.secret),
    await holdingVerifier(other, token, key.secret),
    await holdingVerifier(other, token, key.secret),
  ];
  const [, , slow] = verifiers;
  if (slow) slow.acknowledges = false;
  let answered = false;
  const answer = ask(one, REVOKE, { token: sessionToken, variables: { id: key.id } }).then(({ data }) => {
    answered = true;
    return data.revokeApiKey.propagation;
  });
  await eventually(() => slow?.of('Change').length);
  await slow?.socket.ping();
  expect(answered).toBe(false);
  slow?.acknowledge();
  expect(await answer).toEqual({ confirmedNodes: 5, totalNodes: 5 });
});
