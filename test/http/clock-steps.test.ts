import { expect, test } from 'vitest';
import { rotateApiKey } from '../../src/keys/rotate-api-key.ts';
import { manualClock } from '../support/clock.ts';
import { onEachDatabase } from '../support/databases.ts';
import { anyone, USED } from '../support/live.ts';
import { areLive, connectLive } from '../support/live-socket.ts';
import { ask, makeApiKey, makeMember, serverOn, startTestServer } from '../support/server.ts';
import { eventually } from '../support/wait.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;

/** In the middle of an hour and of a day, so that a step of an hour goes into another hour of the same day. */
const START = Date.UTC(2031, 4, 6, 12, 30, 20);

onEachDatabase('a clock that is stepped ahead and back', (engine) => {
  const server = serverOn(engine, { clock: manualClock(START) });

  const verify = async (secret: string): Promise<Response> =>
    fetch(`${server().url}/verify`, { headers: { Authorization: `Bearer ${secret}` } });

  const iso = (time = server().clock.now()): string => new Date(time).toISOString();

  async function logOf(id: string) {
    const rows = await server()
      .services.db.selectFrom('audit_log')
      .select(['action', 'changes', 'occurred_at'])
      .where('target_id', '=', id)
      .orderBy('sequence')
      .execute();
    return rows.map(({ action, changes, occurred_at }) => [action, JSON.parse(changes), occurred_at]);
  }

  test('leaves a rate limit closed for no longer than its window', async () => {
    const { organizationId } = await makeMember(server());
    const { secret } = await makeApiKey(server(), organizationId, {
      rateLimit: { limit: 1, windowSeconds: 2 },
    });
    expect((await verify(secret)).status).toBe(200);
    server().clock.step(-HOUR);
    const limited = await verify(secret);
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '2']);
    server().clock.advance(2_000);
    expect((await verify(secret)).status).toBe(200);
    server().clock.step(HOUR);
    expect((await verify(secret)).status).toBe(429);
  });

  test('tells of an expiry that was none, takes it back, and tells of the true one', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const expiresAt = server().clock.now() + MINUTE;
    const key = await makeApiKey(server(), organizationId, { expiresAt });
    const socket = await connectLive(server(), sessionToken);
    const changes = socket.subscribe('subscription { apiKeyChanged { __typename apiKey { id status } } }');
    await areLive(server(), 1);

    server().clock.step(HOUR);
    const ahead = server().clock.now();
    expect((await verify(key.secret)).status).toBe(401);
    await changes.received(1);
    server().clock.step(-HOUR);
    expect((await verify(key.secret)).status).toBe(200);
    await changes.received(2);
    server().clock.set(expiresAt);
    await changes.received(3);
    expect(changes.events.map(({ __typename, apiKey }) => [__typename, apiKey.id, apiKey.status])).toEqual([
      ['ApiKeyExpired', key.id, 'EXPIRED'],
      ['ApiKeyUpdated', key.id, 'ACTIVE'],
      ['ApiKeyExpired', key.id, 'EXPIRED'],
    ]);
    expect((await logOf(key.id)).slice(1)).toEqual([
      ['api_key.expired', { status: ['ACTIVE', 'EXPIRED'] }, ahead],
      ['api_key.updated', { status: ['EXPIRED', 'ACTIVE'] }, ahead - HOUR],
      ['api_key.expired', { status: ['ACTIVE', 'EXPIRED'] }, expiresAt],
    ]);
  });

  test('does the same for the end of an overlap, and leaves what has expired and what is revoked alone', async () => {
    const { organizationId } = await makeMember(server());
    const key = await makeApiKey(server(), organizationId);
    const { retiring } = (await rotateApiKey(anyone(server()), { id: key.id, overlapSeconds: 60 })).result;
    const expired = await makeApiKey(server(), organizationId, { expiresAt: server().clock.now() + 1 });
    server().clock.advance(1);
    await eventually(async () => (await logOf(expired.id)).length === 2);
    server().clock.step(HOUR);
    await eventually(async () => (await logOf(key.id)).length === 3);
    server().clock.step(-HOUR);
    await eventually(async () => (await logOf(key.id)).length === 4);
    server().clock.advance(MINUTE);
    await eventually(async () => (await logOf(key.id)).length === 5);
    expect((await logOf(key.id)).slice(2).map(([action, changes]) => [action, changes])).toEqual([
      ['api_key.secret_expired', { secretId: [retiring.id, null] }],
      ['api_key.updated', { secretId: [null, retiring.id] }],
      ['api_key.secret_expired', { secretId: [retiring.id, null] }],
    ]);
    expect(await logOf(expired.id)).toHaveLength(2);
  });

  test('loses no usage, and leaves no last use in the future', async () => {
    const { organizationId, sessionToken: token } = await makeMember(server());
    const key = await makeApiKey(server(), organizationId);
    const query = `query ($id: ID!) { apiKey(id: $id) {
      lastUsedAt secrets { lastUsedAt uses }
      minutes: usage(granularity: MINUTE) { start verified }
      hours: usage(granularity: HOUR) { start verified }
      days: usage(granularity: DAY) { start verified }
    } }`;
    const seen = async () => (await ask(server(), query, { token, variables: { id: key.id } })).data.apiKey;
    server().clock.step(HOUR);
    for (let use = 0; use < 3; use += 1) await verify(key.secret);
    // Some of it is in the tables before the step back, the rest is not.
    expect((await seen()).lastUsedAt).toBe(iso());
    for (let use = 0; use < 2; use += 1) await verify(key.secret);
    server().clock.step(-HOUR);
    const now = server().clock.now();
    const sum = (buckets: { start: string; verified: number }[]) =>
      buckets.reduce((total, { verified }) => total + verified, 0);
    await eventually(async () => (await seen()).lastUsedAt === iso());
    for (let use = 0; use < 4; use += 1) {
      const { lastUsedAt, secrets, ...buckets } = await seen();
      expect([lastUsedAt, secrets[0].lastUsedAt, secrets[0].uses]).toEqual([iso(), iso(), 5 + use]);
      expect(Object.values(buckets).map((one) => sum(one as never))).toEqual([5 + use, 5 + use, 5 + use]);
      for (const one of Object.values(buckets) as { start: string }[][])
        expect(one.every(({ start }) => Date.parse(start) <= now + use * 1_000)).toBe(true);
      server().clock.advance(1_000);
      await verify(key.secret);
    }
  });

  test('leaves no last use in the future for those who watch, nor of a session', async () => {
    const { organizationId, sessionToken: token } = await makeMember(server());
    const key = await makeApiKey(server(), organizationId);
    server().clock.step(HOUR);
    const lastSeen = async () =>
      (await ask(server(), '{ viewer { sessions { lastSeenAt } } }', { token })).data.viewer.sessions[0]
        .lastSeenAt;
    // A sweep that began before the step may still put it right by the time of then.
    await eventually(async () => (await lastSeen()) === iso());
    // Steps are noticed where they last.
    const expiring = await makeApiKey(server(), organizationId, { expiresAt: server().clock.now() + 1 });
    server().clock.step(1);
    await eventually(async () => (await logOf(expiring.id)).length === 2);
    const socket = await connectLive(server(), token);
    const uses = socket.subscribe(USED, { minIntervalMs: 100, apiKeyIds: [key.id] });
    await areLive(server(), 1);
    await verify(key.secret);
    await verify(key.secret);
    server().clock.step(-HOUR);
    await verify(key.secret);
    await eventually(() => uses.events.reduce((sum, { count }) => sum + count, 0) === 3);
    expect(uses.events.at(-1).lastUsedAt).toBe(iso());
    await eventually(async () => (await lastSeen()) === iso());
  });

  test('is put right by a server that starts after it', async () => {
    const { organizationId, sessionToken: token } = await makeMember(server());
    const expiresAt = server().clock.now() + MINUTE;
    const key = await makeApiKey(server(), organizationId, { expiresAt });
    const databaseUrl = server().services.config.databaseUrl;
    const ahead = await startTestServer(engine, {
      databaseUrl,
      clock: manualClock(server().clock.now() + HOUR),
    });
    await eventually(async () => (await logOf(key.id)).length === 2);
    await ahead.close();
    const later = await startTestServer(engine, { databaseUrl, clock: manualClock(server().clock.now()) });
    await eventually(async () => (await logOf(key.id)).length === 3);
    const { data } = await ask(later, 'query ($id: ID!) { apiKey(id: $id) { status } }', {
      token,
      variables: { id: key.id },
    });
    expect(data.apiKey.status).toBe('ACTIVE');
    await later.close();
  });
});
