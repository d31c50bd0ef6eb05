import { expect, it, onTestFinished } from 'vitest';
import { createTestDatabaseUrl, onEachDatabase } from '../support/databases.ts';
import { ask, makeApiKey, serverOn, startTestServer, type TestServer } from '../support/server.ts';
import { openProxy } from '../support/tcp-proxy.ts';
import { connectVerifier, makeVerifyingOrganization, shortLeases } from '../support/verifier-client.ts';
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
