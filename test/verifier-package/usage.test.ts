import { expect, it, onTestFinished } from 'vitest';
import { createTestDatabaseUrl, onEachDatabase } from '../support/databases.ts';
import { ask, makeApiKey, serverOn, startTestServer, type TestServer } from '../support/server.ts';
import { openProxy } from '../support/tcp-proxy.ts';
import {
  connectVerifier,
  makeVerifyingOrganization,
  openVerifier,
  shortLeases,
} from '../support/verifier-client.ts';
import { eventually } from '../support/wait.ts';

const USAGE = `query ($id: ID!) { apiKey(id: $id) { lastUsedIp usage { verified denied } } }`;

async function place(at: TestServer) {
  const { token, organizationId, sessionToken } = await makeVerifyingOrganization(at);
  const key = await makeApiKey(at, organizationId, { grants: ['orders.read'] });
  const usage = async (server = at) => {
    const { data } = await ask(server, USAGE, { token: sessionToken, variables: { id: key.id } });
    const sum = (which: 'verified' | 'denied') =>
      data.apiKey.usage.reduce(
        (total: number, bucket: Record<string, number>) => total + (bucket[which] ?? 0),
        0,
      );
    return { verified: sum('verified'), denied: sum('denied'), lastUsedIp: data.apiKey.lastUsedIp };
  };
  return { token, organizationId, sessionToken, key, usage };
}

onEachDatabase('usage of a verifier', (engine) => {
  const server = serverOn(engine, shortLeases());

  it('counts at the server, with the address of the last use', async () => {
    const { token, key, usage } = await place(server());
    const verifier = await connectVerifier(server().url, token);
    for (let round = 0; round < 25; round += 1) await verifier.verify(key.secret, { ip: `192.0.2.${round}` });
    for (let round = 0; round < 3; round += 1)
      await verifier.verify(key.secret, { permissions: ['orders.write'] });
    await eventually(async () => (await usage()).verified === 25);
    expect(await usage()).toEqual({ verified: 25, denied: 3, lastUsedIp: '192.0.2.24' });
  });

  it('is reported when the verifier stops', async () => {
    const { token, key, usage } = await place(server());
    const verifier = await connectVerifier(server().url, token);
    for (let round = 0; round < 7; round += 1) await verifier.verify(key.secret);
    await verifier.stop();
    await eventually(async () => (await usage()).verified === 7);
  });

  it('counts once if connections are lost before and after it is recorded', async () => {
    const { token, key, usage } = await place(server());
    const proxy = await openProxy(Number(new URL(server().url).port));
    const verifier = await connectVerifier(proxy.through(server().url), token);
    let verified = 0;
    for (const spoil of [
      () => proxy.cut(),
      () => proxy.delayAnswers(400),
      () => proxy.cutAfter(1),
      () => proxy.cutAfter(2),
      () => proxy.cutAfter(3),
      () => proxy.swallow(),
    ]) {
      await eventually(() => verifier.status().connected);
      for (let round = 0; round < 5; round += 1) {
        await verifier.verify(key.secret);
        verified += 1;
      }
      spoil();
      await eventually(() => !verifier.status().connected || spoil.toString().includes('delay'));
      proxy.mend();
    }
    await eventually(async () => (await usage()).verified === verified);
    await verifier.stop();
    expect(await usage()).toMatchObject({ verified });
  });

  it('is reported in parts that the server accepts, as are look-ups', async () => {
    const small = await startTestServer(engine, { ...shortLeases(), liveLimits: { messageBytes: 4_096 } });
    onTestFinished(() => small.close());
    const { token, organizationId, sessionToken } = await place(small);
    const keys: { readonly id: string; readonly secret: string }[] = [];
    while (keys.length < 60) keys.push(await makeApiKey(small, organizationId));
    const reasons: string[] = [];
    const verifier = openVerifier(small.url, token, { onDisconnect: ({ message }) => reasons.push(message) });
    await verifier.ready();
    const counts = new Map(keys.map(({ id }) => [id, 0]));
    const verifyAll = () =>
      Promise.all(
        keys.map(async ({ id, secret }) => {
          const verdict = await verifier.verify(secret, { ip: '2001:db8::1:2:3' }).catch(() => null);
          if (verdict?.valid) counts.set(id, (counts.get(id) ?? 0) + 1);
        }),
      );
    await eventually(async () => {
      await verifyAll();
      return [...counts.values()].every((count) => count > 1);
    });
    await eventually(async () => {
      for (const [id, count] of counts) {
        const { data } = await ask(small, USAGE, { token: sessionToken, variables: { id } });
        const sum = data.apiKey.usage.reduce(
          (total: number, { verified }: { verified: number }) => total + verified,
          0,
        );
        if (sum !== count) throw new Error(`${id}: ${sum} instead of ${count}`);
      }
      return true;
    });
    // The server closes a connection because of a message that is too large, until the messages are small enough.
    expect(reasons.length).toBeLessThanOrEqual(8);
    expect(verifier.status().lostUses).toBe(0);
  });

  it('counts once across a restart of the server', async () => {
    const { url: databaseUrl, drop } = await createTestDatabaseUrl(engine);
    onTestFinished(() => drop());
    const first = await startTestServer(engine, { ...shortLeases(), databaseUrl });
    const { token, key, usage } = await place(first);
    const verifier = await connectVerifier(first.url, token);
    for (let round = 0; round < 9; round += 1) await verifier.verify(key.secret);
    const port = Number(new URL(first.url).port);
    await first.close();
    const { config } = shortLeases();
    const second = await startTestServer(engine, { config: { ...config, port }, databaseUrl });
    onTestFinished(() => second.close());
    await eventually(() => verifier.status().connected);
    for (let round = 0; round < 4; round += 1) await verifier.verify(key.secret);
    await eventually(async () => (await usage(second)).verified === 13);
    await verifier.stop();
    expect(await usage(second)).toMatchObject({ verified: 13 });
  });
});
