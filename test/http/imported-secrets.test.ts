import { hash as bcrypt } from '@node-rs/bcrypt';
import { expect, onTestFinished, test } from 'vitest';
import { digest, foreignKey, foreignSecret } from '../keys/import/imports.ts';
import { createTestDatabaseUrl, onEachDatabase } from '../support/databases.ts';
import { connectLive } from '../support/live-socket.ts';
import { ask, makeMember, serverOn, startTestServer } from '../support/server.ts';

const IMPORT = `mutation ($input: ImportApiKeysInput!) {
  importApiKeys(input: $input) {
    __typename
    ... on ImportApiKeysPayload { created unchanged apiKeys { id foreignId name start } }
    ... on Error { message }
  }
}`;

onEachDatabase('imported secrets at the doors', (engine) => {
  const server = serverOn(engine);

  test('are accepted by /verify and as the caller’s own, over HTTP and WebSockets', async () => {
    const { sessionToken: token, organizationId } = await makeMember(server());
    const [plain, slow] = [foreignSecret(), `slow-one-${foreignSecret()}`];
    const verify = (key: string) =>
      fetch(`${server().url}/verify`, { headers: { Authorization: `Bearer ${key}` } });
    expect((await verify(plain)).status).toBe(401);
    const grants = ['api.key.view', 'api.key.verify'];
    const keys = [
      foreignKey(plain, { hash: digest('sha512', plain, 'hex'), algorithm: 'SHA512', grants }),
      foreignKey(slow, {
        hash: await bcrypt(slow, 4),
        algorithm: 'BCRYPT',
        start: 'slow-one',
        grants,
      }),
    ];
    const { data } = await ask(server(), IMPORT, { token, variables: { input: { organizationId, keys } } });
    expect(data.importApiKeys).toMatchObject({ created: 2, unchanged: 0 });
    for (const [index, secret] of [plain, slow].entries()) {
      const { id } = data.importApiKeys.apiKeys[index];
      for (let time = 0; time < 2; time += 1) {
        const response = await verify(secret);
        expect([response.status, response.headers.get('x-keywright-key-id')]).toEqual([200, id]);
      }
      const viewer = await ask(server(), '{ viewer { id } }', { token: secret });
      expect(viewer.data).toEqual({ viewer: { id: `viewer:${id}` } });
      await (await connectLive(server(), secret)).close();
    }
    expect((await verify(`slow-one-${foreignSecret()}`)).status).toBe(401);
  });

  test('are imported 500 at a time, with a response that names each', async () => {
    const { sessionToken: token, organizationId } = await makeMember(server());
    const keys = Array.from({ length: 500 }, (_, index) =>
      foreignKey(foreignSecret(), {
        foreignId: `f${index}`,
        start: 'acme-',
        metadata: { plan: 'x'.repeat(500) },
      }),
    );
    for (const expected of [
      { created: 500, unchanged: 0 },
      { created: 0, unchanged: 500 },
    ]) {
      const { data, errors } = await ask(server(), IMPORT, {
        token,
        variables: { input: { organizationId, keys } },
      });
      expect(errors).toEqual([]);
      expect(data.importApiKeys).toMatchObject(expected);
      const named = data.importApiKeys.apiKeys.map((key: { foreignId: string }) => key.foreignId);
      expect(named).toEqual(keys.map(({ foreignId }) => foreignId));
    }
  });
});

test('a secret is accepted by every server once its import has returned', async () => {
  const { url: databaseUrl, drop } = await createTestDatabaseUrl('postgres');
  const [one, other] = [
    await startTestServer('postgres', { databaseUrl }),
    await startTestServer('postgres', { databaseUrl }),
  ];
  onTestFinished(async () => {
    await Promise.all([one.close(), other.close()]);
    await drop();
  });
  const { sessionToken: token, organizationId } = await makeMember(one);
  for (const [round, algorithm] of (['SHA256', 'SHA384', 'SHA512'] as const).entries()) {
    const secret = foreignSecret();
    const verify = () => fetch(`${other.url}/verify`, { headers: { 'X-API-Key': secret } });
    const { code } = (await (await verify()).json()) as { code: string };
    expect(code).toBe(round === 0 ? 'MALFORMED' : 'NOT_FOUND');
    const hash = digest(algorithm.toLowerCase(), secret, 'hex');
    const input = { organizationId, keys: [foreignKey(secret, { hash, algorithm })] };
    const { data } = await ask(one, IMPORT, { token, variables: { input } });
    expect(data.importApiKeys).toMatchObject({ created: 1 });
    expect((await verify()).status).toBe(200);
  }
});
