import { expect, test } from 'vitest';
import { onEachDatabase } from '../support/databases.ts';
import { openEventSource } from '../support/event-source.ts';
import { ask } from '../support/server.ts';
import { gatewayTo, isRunning, newKey, startVerifying, verifyingServer } from '../support/verify-server.ts';
import { eventually } from '../support/wait.ts';

type Server = Pick<Awaited<ReturnType<typeof verifyingServer>>, 'url' | 'token' | 'open'>;

async function lastUsedAt({ url, token }: Server, id: string): Promise<string | null> {
  const query = 'query($id: ID!) { apiKey(id: $id) { lastUsedAt } }';
  const { data } = await ask({ url }, query, { token, variables: { id } });
  return data.apiKey.lastUsedAt;
}

/** How many uses of a key are in the tables. */
async function counted({ open }: Server, keyId: string): Promise<number> {
  const { kysely: db } = await open();
  const row = await db
    .selectFrom('api_key_secrets')
    .innerJoin('api_key_secret_usage', 'api_key_secret_usage.secret_id', 'api_key_secrets.id')
    .select((eb) => eb.fn.sum<number>('uses').as('uses'))
    .where('api_key_id', '=', keyId)
    .executeTakeFirstOrThrow();
  return Number(row.uses);
}

onEachDatabase('usage of verification processes', (engine) => {
  test('appears in queries, and in subscriptions on the main port', async () => {
    const server = await verifyingServer(engine, { VERIFY_WORKERS: '2' });
    const { token } = server;
    const { id, secret } = await newKey(server, token);
    const used = await openEventSource(
      server,
      'subscription { apiKeyUsed(minIntervalMs: 100) { apiKey { id } } }',
      { token },
    );
    const denied = await openEventSource(server, 'subscription { apiKeyDenied { code count } }', { token });
    const { verify } = gatewayTo(server.verifyUrl, 4);
    // The processes learn within moments that someone listens.
    await eventually(async () => {
      expect((await verify(secret)).status).toBe(200);
      return used.values().length > 0;
    });
    expect(used.values()[0]).toMatchObject({ apiKey: { id } });
    expect(await eventually(() => lastUsedAt(server, id))).toMatch(/^20/);
    const missing = () =>
      fetch(`${server.verifyUrl}/verify?permission=a.b`, { headers: { 'X-API-Key': secret } });
    await eventually(async () => {
      expect((await missing()).status).toBe(403);
      return denied.values().length > 0;
    });
    expect(denied.values()[0]).toMatchObject({ code: 'INSUFFICIENT_PERMISSIONS' });
    used.leave();
    denied.leave();
  });

  test('is complete after the server has stopped', async () => {
    const server = await verifyingServer(engine, { VERIFY_WORKERS: '2', USAGE_FLUSH_MS: '60000' });
    const { id, secret } = await newKey(server, server.token);
    const { verify } = gatewayTo(server.verifyUrl, 8);
    await Promise.all(Array.from({ length: 400 }, () => verify(secret)));
    expect(await server.stop()).toBe(0);
    expect(await counted(server, id)).toBe(400);
  });

  test('is kept but for one batch when a process is killed, and complete when the server is', async () => {
    const server = await verifyingServer(engine, { USAGE_FLUSH_MS: '50' });
    const { id, secret } = await newKey(server, server.token);
    const verify = async (count: number) => {
      const { verify: send } = gatewayTo(server.verifyUrl, 4);
      await Promise.all(Array.from({ length: count }, () => send(secret)));
    };
    await verify(200);
    await eventually(async () => (await counted(server, id)) === 200);
    await verify(100);
    for (const pid of server.processes()) {
      process.kill(pid, 'SIGKILL');
      await eventually(() => !isRunning(pid));
    }
    await verify(200);
    // The next process writes what the one before it left in the journal.
    const seen = await eventually(async () => {
      const uses = await counted(server, id);
      return uses >= 400 && uses;
    });
    expect(seen).toBeLessThanOrEqual(500);
    // Its processes write their usage when they lose the server.
    await verify(50);
    const orphans = server.processes();
    await server.stop('SIGKILL');
    await eventually(() => !orphans.some(isRunning));
    const again = await startVerifying(server.env);
    const total = await eventually(async () => {
      const uses = await counted(server, id);
      return uses >= seen + 50 && uses;
    });
    expect(total).toBeLessThanOrEqual(550);
    expect(await again.stop()).toBe(0);
  });
});
