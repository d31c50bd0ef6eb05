import { hash as bcrypt } from '@node-rs/bcrypt';
import { expect, onTestFinished, test } from 'vitest';
import { finish, start } from '../cli/run.ts';
import { digest, foreignKey, foreignSecret } from '../keys/import/imports.ts';
import { onEachDatabase } from '../support/databases.ts';
import { holdLock } from '../support/lock-holder.ts';
import { ask } from '../support/server.ts';
import { gatewayTo, isRunning, newKey, revokeKey, verifyingServer } from '../support/verify-server.ts';
import { eventually } from '../support/wait.ts';

const HOUR = 3_600;

type Server = Awaited<ReturnType<typeof verifyingServer>>;

/** Stops the main process as if its event loop were blocked; continued with the test at the latest. */
function freeze({ server }: Server): () => void {
  server.process.kill('SIGSTOP');
  const thaw = () => void server.process.kill('SIGCONT');
  onTestFinished(thaw);
  return thaw;
}

/** Statuses of so many requests, a few at a time. */
async function statuses(url: string, secret: string, count: number): Promise<number[]> {
  const { verify } = gatewayTo(url);
  const answers = await Promise.all(Array.from({ length: count }, () => verify(secret)));
  return answers.map(({ status }) => status).sort();
}

const verifyByGraphql = async ({ url, token }: Server, key: string): Promise<string> => {
  const query = 'mutation($input: VerifyApiKeyInput!) { verifyApiKey(input: $input) { code } }';
  const { data } = await ask({ url }, query, { token, variables: { input: { key } } });
  return data.verifyApiKey.code;
};

onEachDatabase('a verification process', (engine) => {
  test('decides while the main process hangs, also about keys with rate limits', async () => {
    const server = await verifyingServer(engine);
    const limited = await newKey(server, server.token, { rateLimit: { limit: 100, windowSeconds: HOUR } });
    const [cached, other] = [await newKey(server, server.token), await newKey(server, server.token)];
    expect(await statuses(server.verifyUrl, cached.secret, 4)).toEqual(Array(4).fill(200));
    expect(await statuses(server.url, limited.secret, 30)).toEqual(Array(30).fill(200));
    const thaw = freeze(server);
    for (const { secret } of [cached, other])
      expect(await statuses(server.verifyUrl, secret, 300)).toEqual(Array(300).fill(200));
    const expected = [...Array(70).fill(200), ...Array(30).fill(429)];
    expect(await statuses(server.verifyUrl, limited.secret, 100)).toEqual(expected);
    expect((await fetch(`${server.verifyUrl}/readyz`)).status).toBe(200);
    thaw();
    expect(await statuses(server.url, limited.secret, 5)).toEqual(Array(5).fill(429));
    await revokeKey(server, server.token, cached.id);
    expect(await statuses(server.verifyUrl, cached.secret, 4)).toEqual(Array(4).fill(401));
  });

  test('counts rate limits together with the other processes, exactly', async () => {
    const server = await verifyingServer(engine, { VERIFY_WORKERS: '2' });
    const { secret } = await newKey(server, server.token, {
      rateLimit: { limit: 500, windowSeconds: HOUR },
    });
    const gateways = [server.url, server.verifyUrl, server.verifyUrl].map((url) => gatewayTo(url, 8));
    const byHttp = gateways.flatMap(({ verify }) => Array.from({ length: 250 }, () => verify(secret)));
    const byGraphql = Array.from({ length: 50 }, () => verifyByGraphql(server, secret));
    const outcomes = [
      ...(await Promise.all(byHttp)).map(({ status }) => String(status)),
      ...(await Promise.all(byGraphql)),
    ];
    const accepted = outcomes.filter((outcome) => ['200', 'VALID'].includes(outcome));
    const limited = outcomes.filter((outcome) => ['429', 'RATE_LIMITED'].includes(outcome));
    expect([accepted.length, limited.length]).toEqual([500, 300]);
  });

  test('that is killed takes no counts of rate limits with it', async () => {
    const server = await verifyingServer(engine);
    const { secret } = await newKey(server, server.token, {
      rateLimit: { limit: 20, windowSeconds: HOUR },
    });
    expect(await statuses(server.verifyUrl, secret, 12)).toEqual(Array(12).fill(200));
    for (const pid of server.processes()) {
      process.kill(pid, 'SIGKILL');
      await eventually(() => !isRunning(pid));
    }
    expect(await statuses(server.verifyUrl, secret, 10)).toEqual([...Array(8).fill(200), 429, 429]);
  });

  test('accepts imported secrets, known by a digest or a password hash', async () => {
    const server = await verifyingServer(engine);
    const [plain, slow] = [foreignSecret(), `slow-one-${foreignSecret()}`];
    expect(await statuses(server.verifyUrl, plain, 1)).toEqual([401]);
    const keys = [
      foreignKey(plain, { hash: digest('sha512', plain, 'hex'), algorithm: 'SHA512' }),
      foreignKey(slow, { hash: await bcrypt(slow, 4), algorithm: 'BCRYPT', start: 'slow-one' }),
    ];
    const { data } = await ask(
      server,
      `mutation ($input: ImportApiKeysInput!) { importApiKeys(input: $input) {
        ... on ImportApiKeysPayload { apiKeys { id } } ... on Error { message } } }`,
      { token: server.token, variables: { input: { organizationId: server.organizationId, keys } } },
    );
    for (const [index, secret] of [plain, slow].entries()) {
      expect(await statuses(server.verifyUrl, secret, 4)).toEqual(Array(4).fill(200));
      await revokeKey(server, server.token, data.importApiKeys.apiKeys[index].id);
      expect(await statuses(server.verifyUrl, secret, 4)).toEqual(Array(4).fill(401));
    }
    expect(await statuses(server.verifyUrl, `slow-one-${foreignSecret()}`, 1)).toEqual([401]);
  });

  test('sees what commands change next to the server', async () => {
    const server = await verifyingServer(engine);
    const { id, secret } = await newKey(server, server.token);
    expect(await statuses(server.verifyUrl, secret, 4)).toEqual(Array(4).fill(200));
    const { kysely: db } = await server.open();
    // A program that knows nothing of the server, such as one of another release.
    const last = await db
      .selectFrom('organization_sequences')
      .select('value')
      .where('organization_id', '=', server.organizationId)
      .executeTakeFirstOrThrow();
    if (engine === 'sqlite') {
      await db.transaction().execute(async (tx) => {
        await tx.updateTable('api_keys').set({ revoked_at: Date.now() }).where('id', '=', id).execute();
        await tx
          .updateTable('organization_sequences')
          .set({ value: last.value + 2 })
          .execute();
      });
      expect(await statuses(server.verifyUrl, secret, 4)).toEqual(Array(4).fill(401));
    }
    const { code } = await finish(start(server.env, 'operator-tokens', 'create', 'ci'));
    expect(code).toBe(0);
    expect((await fetch(`${server.verifyUrl}/readyz`)).status).toBe(200);
  });
});

test('a verification process decides while another process holds the lock of the SQLite file', async () => {
  const server = await verifyingServer('sqlite');
  const limited = await newKey(server, server.token, { rateLimit: { limit: 10, windowSeconds: HOUR } });
  const key = await newKey(server, server.token);
  const { release } = await holdLock(server.env.DATABASE_URL);
  expect(await statuses(server.verifyUrl, key.secret, 500)).toEqual(Array(500).fill(200));
  expect(await statuses(server.verifyUrl, limited.secret, 12)).toEqual([...Array(10).fill(200), 429, 429]);
  await release();
  await revokeKey(server, server.token, key.id);
  expect(await statuses(server.verifyUrl, key.secret, 4)).toEqual(Array(4).fill(401));
});
