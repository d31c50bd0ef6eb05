import { expect, test } from 'vitest';
import { rotateApiKey } from '../../../src/keys/rotate-api-key.ts';
import { onEachDatabase } from '../../support/databases.ts';
import { anyone, present, USED } from '../../support/live.ts';
import { areLive, connectLive } from '../../support/live-socket.ts';
import { makeApiKey, makeMember, serverOn } from '../../support/server.ts';
import { eventually } from '../../support/wait.ts';

const NEVER_FLUSHED = { usageFlushMs: 60_000 };

onEachDatabase('apiKeyUsed', (engine) => {
  const server = serverOn(engine, { config: NEVER_FLUSHED });

  function iso(): string {
    return new Date(server().clock.now()).toISOString();
  }

  test('comes within a second, before anything is written, with the newest state of the key', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const key = await makeApiKey(server(), organizationId);
    const socket = await connectLive(server(), sessionToken);
    const uses = socket.subscribe(
      'subscription { apiKeyUsed { count lastUsedAt lastUsedIp secretId apiKey { id lastUsedAt lastUsedIp } } }',
    );
    await areLive(server(), 1);
    const [secret] = await server()
      .services.db.selectFrom('api_key_secrets')
      .select('id')
      .where('api_key_id', '=', key.id)
      .execute();
    await present(server(), key.secret, '198.51.100.7');
    await uses.received(1);
    const use = { lastUsedAt: iso(), lastUsedIp: '198.51.100.7' };
    expect(uses.events).toEqual([{ count: 1, ...use, secretId: secret?.id, apiKey: { id: key.id, ...use } }]);
    const written = await server()
      .services.db.selectFrom('api_key_usage')
      .select('last_used_at')
      .where('api_key_id', '=', key.id)
      .executeTakeFirst();
    expect(written?.last_used_at).toBe(0);
  });

  test('comes at most once in an interval for each key: the newest, with the count of all since the last', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const [busy, quiet] = [
      await makeApiKey(server(), organizationId),
      await makeApiKey(server(), organizationId),
    ];
    const socket = await connectLive(server(), sessionToken);
    const often = socket.subscribe(USED, { minIntervalMs: 100 });
    const rarely = socket.subscribe(USED, { minIntervalMs: 60_000, apiKeyIds: [busy.id] });
    const usual = socket.subscribe(USED);
    await areLive(server(), 3);
    const start = performance.now();
    for (let n = 0; n < 10; n += 1) {
      server().clock.advance(1_000);
      await present(server(), busy.secret);
    }
    await present(server(), quiet.secret);
    const last = iso();
    const newestOf = (operation: typeof often, id: string) =>
      operation.events.filter(({ apiKey }) => apiKey.id === id).at(-1)?.lastUsedAt;
    const countOf = (operation: typeof often, id: string) =>
      operation.events.filter(({ apiKey }) => apiKey.id === id).reduce((sum, { count }) => sum + count, 0);
    await eventually(() => countOf(often, busy.id) === 10 && newestOf(often, busy.id) === last);
    await eventually(() => countOf(usual, busy.id) === 10 && newestOf(usual, busy.id) === last);
    const seconds = Math.ceil((performance.now() - start) / 1_000);
    const told = usual.events.filter(({ apiKey }) => apiKey.id === busy.id).length;
    expect(told).toBeGreaterThanOrEqual(2);
    expect(told).toBeLessThanOrEqual(1 + seconds);
    expect(countOf(usual, quiet.id)).toBe(1);
    expect(rarely.events).toHaveLength(1);
    expect(rarely.events[0].count).toBe(1);
  });

  test('starts with the present state of the keys used since a time, the earliest first, and goes on from there', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const keys = [];
    for (const name of ['Early', 'At the time', 'Late', 'Never'])
      keys.push(await makeApiKey(server(), organizationId, { name }));
    const [early, at, late] = keys;
    await present(server(), early?.secret ?? '');
    server().clock.advance(60_000);
    const since = iso();
    await present(server(), at?.secret ?? '');
    server().clock.advance(60_000);
    await present(server(), late?.secret ?? '');
    const socket = await connectLive(server(), sessionToken);
    const uses = socket.subscribe(USED, { since });
    const written = socket.subscribe(
      `subscription { apiKeyUsed(since: "${since}") { count apiKey { id } } }`,
    );
    await uses.received(2);
    await written.received(2);
    expect(uses.events.map(({ count, apiKey }) => [count, apiKey.id])).toEqual([
      [0, at?.id],
      [0, late?.id],
    ]);
    expect(uses.events.map(({ lastUsedAt }) => lastUsedAt)).toEqual([since, iso()]);
    await areLive(server(), 2);
    server().clock.advance(1_000);
    await present(server(), at?.secret ?? '');
    await uses.received(3);
    expect(uses.events[2]).toMatchObject({
      count: 1,
      lastUsedAt: iso(),
      apiKey: { id: at?.id, lastUsedAt: iso() },
    });
  });

  test('gives values of variables their defaults', async () => {
    const { sessionToken } = await makeMember(server());
    const socket = await connectLive(server(), sessionToken);
    const refused = socket.subscribe(
      'subscription ($ms: Int = 50) { apiKeyUsed(minIntervalMs: $ms) { count } }',
    );
    expect(await refused.failed()).toBe('BAD_USER_INPUT');
  });

  test('shows which secret was presented, so that a rotation can be watched', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const key = await makeApiKey(server(), organizationId);
    const socket = await connectLive(server(), sessionToken);
    const uses = socket.subscribe(USED, { minIntervalMs: 100 });
    await areLive(server(), 1);
    await present(server(), key.secret);
    await uses.received(1);
    const { secret, retiring } = (await rotateApiKey(anyone(server()), { id: key.id })).result;
    await present(server(), secret);
    await uses.received(2);
    expect(uses.events[0].secretId).toBe(retiring.id);
    expect(uses.events[1].secretId).not.toBe(retiring.id);
  });

  test('shows that secret, with the key and the times of this use, before anything is written', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const key = await makeApiKey(server(), organizationId);
    const socket = await connectLive(server(), sessionToken);
    const uses = socket.subscribe(
      `subscription { apiKeyUsed(minIntervalMs: 100) { lastUsedAt secretId
        secret { id start status lastUsedAt uses revokedAt expiresAt apiKey { id } } } }`,
    );
    await areLive(server(), 1);
    await present(server(), key.secret);
    await uses.received(1);
    server().clock.advance(1_000);
    const { secret, retiring } = (await rotateApiKey(anyone(server()), { id: key.id })).result;
    for (const one of [secret, key.secret]) {
      const before = uses.events.length;
      await present(server(), one);
      await uses.received(before + 1);
    }
    const [first, next, last] = uses.events;
    const shared = { apiKey: { id: key.id }, revokedAt: null };
    expect(first.secret).toMatchObject({ ...shared, id: retiring.id, status: 'ACTIVE', uses: 1 });
    expect(next.secret).toMatchObject({ ...shared, start: secret.slice(0, 16), status: 'ACTIVE' });
    expect(last.secret).toMatchObject({ ...shared, id: retiring.id, status: 'RETIRING', uses: 2 });
    expect(last.secret.expiresAt).not.toBeNull();
    for (const event of uses.events)
      expect([event.secret.id, event.secret.lastUsedAt]).toEqual([event.secretId, event.lastUsedAt]);
  });

  test('reads its secret once for all who listen alike, and not at all for who asks only for its id', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const key = await makeApiKey(server(), organizationId);
    // Those that sessions and verifications do meanwhile don't count.
    const reads = () =>
      server().statements.filter((text) =>
        /from "api_key_secrets" .* inner join "api_key_secret_usage"/.test(text),
      ).length;
    const readsOf = async (query: string, count: number) => {
      const sockets = await Promise.all(
        Array.from({ length: count }, () => connectLive(server(), sessionToken)),
      );
      const operations = sockets.map((socket) => socket.subscribe(query));
      await areLive(server(), count);
      expect(server().app.liveServer.subscriptions.counts.groups).toBe(1);
      const before = reads();
      await present(server(), key.secret);
      await Promise.all(operations.map((one) => one.received(1)));
      const read = reads() - before;
      await Promise.all(sockets.map((socket) => socket.close()));
      await areLive(server(), 0);
      return read;
    };
    const SECRET = 'subscription { apiKeyUsed { secret { id status } } }';
    expect(await readsOf('subscription { apiKeyUsed { secretId } }', 1)).toBe(0);
    expect(await readsOf(SECRET, 1)).toBe(1);
    expect(await readsOf(SECRET, 10)).toBe(1);
  });

  test('and its key always agree about the last use, however fast uses come', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const key = await makeApiKey(server(), organizationId);
    const socket = await connectLive(server(), sessionToken);
    const uses = socket.subscribe(USED, { minIntervalMs: 100 });
    await areLive(server(), 1);
    for (let n = 0; n < 40; n += 1) {
      server().clock.advance(10);
      await present(server(), key.secret, `198.51.100.${n}`);
      if (n % 10 === 0) await server().services.usage.flush();
      if (n % 10 === 5) await uses.received(Math.ceil(n / 10));
    }
    const last = iso();
    await eventually(() => uses.events.at(-1)?.lastUsedAt === last);
    expect(uses.events.reduce((sum, { count }) => sum + count, 0)).toBe(40);
    for (const { lastUsedAt, apiKey } of uses.events) expect(apiKey.lastUsedAt).toBe(lastUsedAt);
  });
});
