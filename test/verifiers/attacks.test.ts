import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { createRole } from '../../src/roles/create-role.ts';
import { updateRole } from '../../src/roles/update-role.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { createTestDatabaseUrl, onEachDatabase } from '../support/databases.ts';
import { anyone, revoke } from '../support/live.ts';
import { connectLive } from '../support/live-socket.ts';
import { seededRandom, seeds } from '../support/properties.ts';
import { ask, makeApiKey, makeMember, serverOn, startTestServer } from '../support/server.ts';
import { openProxy } from '../support/tcp-proxy.ts';
import { holdingVerifier, openVerifier } from '../support/verifier.ts';
import { eventually } from '../support/wait.ts';

const HASH = 'ab'.repeat(32);
const KEYS = `query ($stream: ID!, $secrets: [VerifierSecretInput!]!) {
  verifierKeys(stream: $stream, secrets: $secrets) { results { tooManyFailures apiKey { id } } } }`;

onEachDatabase('a verifier that misbehaves', (engine) => {
  // Short leases, so that a deadline takes little time.
  const server = serverOn(engine, { config: { cluster: { listenUrl: null, leaseMs: 600, redisUrl: null } } });

  async function place() {
    const { organizationId, sessionToken } = await makeMember(server());
    const verifierKey = await makeApiKey(server(), organizationId, { grants: ['api.key.verify'] });
    const key = await makeApiKey(server(), organizationId);
    const change = async (name: string) => {
      await updateApiKey(anyone(server()), { id: key.id, name });
    };
    return { organizationId, sessionToken, verifierKey, token: verifierKey.secret, key, change };
  }

  test('by pongs that are not of the documented form is ignored', async () => {
    const { token, key } = await place();
    const verifier = await openVerifier(server(), token);
    verifier.acknowledges = false;
    const other = await openVerifier(server(), token);
    const { stream } = verifier;
    const nonce = 'n'.repeat(20);
    const bad: unknown[] = [
      null,
      'text',
      [],
      { stream },
      { stream, acknowledged: '1', nonce },
      { stream, acknowledged: -1, nonce },
      { stream, acknowledged: 1.5, nonce },
      // Not sent yet.
      { stream, acknowledged: verifier.last + 1, nonce },
      { stream: other.stream, acknowledged: 1, nonce },
      { stream: 'x'.repeat(100), acknowledged: 1, nonce },
      { stream, acknowledged: 1, nonce: 'n'.repeat(15) },
      { stream, acknowledged: 1, nonce: 'n'.repeat(65) },
      { stream, acknowledged: 1, nonce: `${'n'.repeat(20)}"` },
      { stream, acknowledged: 1, nonce: 17 },
      { stream, acknowledged: 1, nonce, cachedKeys: -1 },
    ];
    for (const payload of bad) verifier.pong(payload);
    verifier.socket.send({ type: 'pong' });
    verifier.socket.send({ type: 'pong', payload: { verifier: { verifier: {} } } });
    await verifier.socket.ping();
    await other.socket.ping();
    expect([verifier.of('Lease'), other.of('Lease')]).toEqual([[], []]);
    // The stream goes on.
    await verifier.lookUp(key.secret);
    await verifier.lease();
  });

  test('by repeating a nonce gets one lease for it', async () => {
    const { token } = await place();
    const verifier = await openVerifier(server(), token);
    const { nonce } = await verifier.lease();
    for (let n = 0; n < 5; n += 1) verifier.request(nonce);
    await verifier.socket.ping();
    expect(verifier.of('Lease').filter((event) => event.nonce === nonce)).toHaveLength(1);
  });

  test('by a flood of pongs is slowed down, and delays no change or verifier of others', async () => {
    const { token } = await place();
    const flooding = await openVerifier(server(), token);
    flooding.acknowledges = false;
    for (let n = 0; n < 3_000; n += 1) flooding.request();
    const others = await place();
    const verifier = await holdingVerifier(server(), others.token, others.key.secret);
    await others.change('Renamed');
    expect(verifier.of('Change').length).toBeGreaterThan(0);
    await verifier.lease();
    expect(flooding.of('Lease').length).toBeLessThan(1_000);
    flooding.socket.socket.terminate();
  });

  test('by never acknowledging is rejected after three changes, with its credential', async () => {
    const { token, key, change } = await place();
    const others = await place();
    const good = await holdingVerifier(server(), others.token, others.key.secret);
    const verifier = await holdingVerifier(server(), token, key.secret);
    const struck = server().services.verifiers.announcements.strikes.count;
    let strikes = 0;
    // On a slow machine, a lease may be over before the change.
    for (let round = 1; strikes < 3 && round < 20; round += 1) {
      verifier.acknowledges = false;
      const before = verifier.of('Change').length;
      const isHeld = verifier.holdsLease;
      const changing = change(`Name ${round}`);
      // It still sends messages: it isn't cut off.
      await eventually(() => verifier.of('Change').length > before);
      verifier.acknowledge(1);
      await changing;
      strikes = server().services.verifiers.announcements.strikes.count - struck;
      expect(strikes === 0 || isHeld).toBe(true);
      if (strikes === 3) break;
      verifier.acknowledge();
      await verifier.lookUp(key.secret);
      await verifier.lease();
    }
    expect(await verifier.events.failed()).toBe('RATE_LIMITED');
    const socket = await connectLive(server(), token);
    const again = socket.subscribe('subscription { verifierEvents { number } }');
    expect(await again.failed()).toBe('RATE_LIMITED');
    expect(again.errors?.[0]?.extensions.retryAfterSeconds).toBeGreaterThan(500);
    await good.lease();
  });

  test('by not responding at all is waited for once, and not rejected', async () => {
    const { token, key, change } = await place();
    const verifier = await holdingVerifier(server(), token, key.secret);
    verifier.acknowledges = false;
    for (let n = 0; n < 4; n += 1) await change(`Name ${n}`);
    verifier.acknowledge();
    await verifier.lease();
    expect(verifier.events.errors).toBeUndefined();
  });

  test('by look-ups that are too large, too many, or of made-up hashes', async () => {
    const { token } = await place();
    const verifier = await openVerifier(server(), token);
    const look = (secrets: unknown[]) => verifier.ask(KEYS, { secrets });
    await expect(look(Array(501).fill({ hash: HASH }))).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    for (const hash of ['', 'ab', HASH.toUpperCase(), `${HASH}0`, "' or 1=1 --"])
      await expect(look([{ hash }])).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    const { results } = (await look(Array(500).fill({ hash: HASH, ip: '192.0.2.9' }))).verifierKeys;
    expect(results).toHaveLength(500);
    // Unknown secrets count as failures of their address.
    expect(results[0].tooManyFailures).toBe(false);
    expect(results[499].tooManyFailures).toBe(true);
    const many = await Promise.allSettled(
      Array.from({ length: 40 }, () => look(Array(300).fill({ hash: HASH }))),
    );
    const rejected = many.filter((one) => one.status === 'rejected');
    for (const { reason } of rejected) expect(reason).toMatchObject({ code: 'RATE_LIMITED' });
  });

  test('is limited in number by organization', async () => {
    const { organizationId } = await place();
    const limited = await startTestServer(engine, {
      config: { live: { ...server().services.config.live, verifiersPerOrganization: 2 } },
    });
    onTestFinished(() => limited.close());
    const own = await makeMember(limited);
    expect(own.organizationId).not.toBe(organizationId);
    const { secret } = await makeApiKey(limited, own.organizationId, { grants: ['api.key.verify'] });
    const verifiers = [await openVerifier(limited, secret), await openVerifier(limited, secret)];
    const socket = await connectLive(limited, secret);
    const third = socket.subscribe('subscription { verifierEvents { number } }');
    expect(await third.failed()).toBe('RATE_LIMITED');
    verifiers[0]?.events.complete();
    await eventually(() => limited.services.verifiers.registry.size === 1);
    await openVerifier(limited, secret);
  });
});

onEachDatabase('the credential of a verifier', (engine) => {
  const server = serverOn(engine);

  test('ends its stream when it is revoked, and loses the permission', async () => {
    const { organizationId } = await makeMember(server());
    const role = (
      await createRole(anyone(server()), {
        organizationId,
        name: 'Verifier',
        permissions: ['api.key.verify', 'a.b'],
      })
    ).result;
    const own = await makeApiKey(server(), organizationId, { roleId: role.id });
    const key = await makeApiKey(server(), organizationId);
    const verifier = await holdingVerifier(server(), own.secret, key.secret);
    await updateRole(anyone(server()), { id: role.id, permissions: ['api.key.verify'] });
    await eventually(() => verifier.of('Reset').length);
    expect(verifier.holdsLease).toBe(false);
    await verifier.lease();
    await updateRole(anyone(server()), { id: role.id, permissions: ['a.b'] });
    expect(await verifier.events.failed()).toBe('FORBIDDEN');
    const second = await makeApiKey(server(), organizationId, { grants: ['api.key.verify'] });
    const revoked = await holdingVerifier(server(), second.secret, key.secret);
    await revoke(server(), second.id);
    expect(await revoked.events.failed()).toBe('UNAUTHENTICATED');
    expect((await revoked.socket.closed).code).toBe(4401);
  });

  test('that is bound to a team finds the keys of its team', async () => {
    const { organizationId } = await makeMember(server());
    const team = (await createTeam(anyone(server()), { organizationId, name: 'Shop' })).result;
    const bound = await makeApiKey(server(), organizationId, {
      grants: ['api.key.verify'],
      teamIds: [team.id],
    });
    const [inside, outside] = [
      await makeApiKey(server(), organizationId, { teamIds: [team.id] }),
      await makeApiKey(server(), organizationId),
    ];
    const verifier = await openVerifier(server(), bound.secret);
    const found = await verifier.lookUp(inside.secret, outside.secret);
    expect(found.map((key) => key?.id ?? null)).toEqual([inside.id, null]);
  });

  test.each(seeds(4))('a revocation during look-ups is never missed (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const { organizationId } = await makeMember(server());
    const { secret: token } = await makeApiKey(server(), organizationId, { grants: ['api.key.verify'] });
    const verifier = await openVerifier(server(), token);
    for (let round = 0; round < 6; round += 1) {
      const key = await makeApiKey(server(), organizationId);
      await verifier.lease();
      const turns = async () => {
        for (let left = Math.floor(random() * 10); left > 0; left -= 1)
          await new Promise((resolve) => setImmediate(resolve));
      };
      const looking = [verifier.lookUp(key.secret)];
      await turns();
      const revoking = revoke(server(), key.id);
      await turns();
      looking.push(verifier.lookUp(key.secret));
      await revoking;
      // Answered: nothing that holds a lease accepts it. A look-up that came later may have cached that it is revoked.
      expect(verifier.holdsLease && verifier.cached.get(key.id)?.revoked === false).toBe(false);
      await Promise.all(looking);
      expect(verifier.cached.get(key.id)?.revoked).not.toBe(false);
      expect((await verifier.lookUp(key.secret))[0].revoked).toBe(true);
    }
  });
});

test('a server of PostgreSQL that may have missed changes grants no leases', async () => {
  const { url, drop } = await createTestDatabaseUrl('postgres');
  onTestFinished(drop);
  const proxy = await openProxy(Number(new URL(url).port || 5432));
  const server = await startTestServer('postgres', {
    databaseUrl: url,
    config: { cluster: { listenUrl: proxy.through(url), leaseMs: 900, redisUrl: null } },
  });
  onTestFinished(() => server.close());
  const { organizationId } = await makeMember(server);
  const { secret: token } = await makeApiKey(server, organizationId, { grants: ['api.key.verify'] });
  const key = await makeApiKey(server, organizationId);
  const verifier = await holdingVerifier(server, token, key.secret);
  expect(verifier.of('Lease').at(-1)?.leaseMs).toBeLessThanOrEqual(882);
  proxy.cut();
  await eventually(() => !server.services.bus.isCurrent());
  const nonce = verifier.request();
  await verifier.socket.ping();
  expect(verifier.of('Lease').some((event) => event.nonce === nonce)).toBe(false);
  proxy.mend();
  // What was cached before is dropped, and with it the request.
  await eventually(() => verifier.of('Reset').length);
  expect(verifier.cached.size).toBe(0);
  await eventually(async () => (await verifier.lease()).number);
  await sql`select 1`.execute(server.services.db);
  const { data } = await ask(server, '{ viewer { __typename } }', { token });
  expect(data.viewer.__typename).toBe('Viewer');
});
