import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { UnavailableError } from '../../src/core/errors.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { Strikes } from '../../src/verifiers/stream/strikes.ts';
import { onEachDatabase } from '../support/databases.ts';
import { anyone } from '../support/live.ts';
import { connectLive } from '../support/live-socket.ts';
import { makeApiKey, makeMember, serverOn } from '../support/server.ts';
import { holdingVerifier, openVerifier, TestVerifier } from '../support/verifier.ts';
import { eventually } from '../support/wait.ts';

const PERIOD_MS = 600_000;

describe('missed deadlines of a credential', () => {
  test('reject it after three of verifiers that respond, for the period', () => {
    const strikes = new Strikes();
    expect([0, 1, 2].map((now) => strikes.add('key', now, true))).toEqual([false, false, true]);
    expect(strikes.rejectedFor('key', 2)).toBe(600);
    expect(strikes.rejectedFor('other', 2)).toBe(0);
    expect(strikes.rejectedFor('key', 2 + PERIOD_MS)).toBe(0);
  });

  test('don’t count for longer than the period', () => {
    const strikes = new Strikes();
    for (let time = 0; time < 30; time += 1)
      expect(strikes.add('key', time * (PERIOD_MS / 2), true)).toBe(false);
    expect(strikes.leaseMaxMs('key', 30 * PERIOD_MS)).toBe(Number.POSITIVE_INFINITY);
  });

  test('shorten its leases after ten for any reason, for the period', () => {
    const strikes = new Strikes();
    for (let now = 0; now < 9; now += 1) expect(strikes.add('key', now, false)).toBe(false);
    expect(strikes.leaseMaxMs('key', 9)).toBe(Number.POSITIVE_INFINITY);
    strikes.add('key', 9, false);
    expect(strikes.leaseMaxMs('key', 10)).toBe(500);
    expect(strikes.leaseMaxMs('other', 10)).toBe(Number.POSITIVE_INFINITY);
    expect(strikes.leaseMaxMs('key', 9 + PERIOD_MS)).toBe(Number.POSITIVE_INFINITY);
  });
});

onEachDatabase('verifiers that delay changes', (engine) => {
  const server = serverOn(engine, { config: { cluster: { listenUrl: null, leaseMs: 800, redisUrl: null } } });

  async function place() {
    const { organizationId } = await makeMember(server());
    const { secret: token } = await makeApiKey(server(), organizationId, { grants: ['api.key.verify'] });
    const key = await makeApiKey(server(), organizationId);
    const change = () => updateApiKey(anyone(server()), { id: key.id, name: randomUUID() });
    return { organizationId, token, key, change };
  }

  test('by closing their sockets get short leases after ten of them', async () => {
    const { token, key, change } = await place();
    const healthy = await holdingVerifier(server(), token, key.secret);
    // Several in one lease would count once.
    for (let time = 0; time < 10; time += 1) {
      const verifier = await holdingVerifier(server(), token, key.secret);
      verifier.socket.socket.terminate();
      await change();
    }
    await eventually(async () => (await healthy.lease()).leaseMs <= 500);
    const { propagation } = await change();
    expect(propagation.confirmedNodes).toBe(propagation.totalNodes);
  });

  test('although they send messages lose all their streams, however many they have', async () => {
    const { organizationId, token, key, change } = await place();
    const idle: TestVerifier[] = [];
    for (let count = 0; count < 30; count += 1) idle.push(await openVerifier(server(), token));
    const { secret } = await makeApiKey(server(), organizationId, { grants: ['api.key.verify'] });
    const other = await holdingVerifier(server(), secret, key.secret);
    const defiant: TestVerifier[] = [];
    for (let time = 0; time < 3; time += 1) {
      const verifier = await holdingVerifier(server(), token, key.secret);
      verifier.acknowledges = false;
      defiant.push(verifier);
      const heard = verifier.of('Change').length;
      const changing = change();
      await eventually(() => verifier.of('Change').length > heard);
      verifier.acknowledge(0);
      await changing;
      verifier.acknowledges = true;
      verifier.acknowledge();
    }
    for (const { events } of [...idle, ...defiant])
      await eventually(() => events.errors?.[0]?.extensions?.code === 'RATE_LIMITED');
    const rejected = new TestVerifier(await connectLive(server(), token));
    await eventually(() => rejected.events.errors?.[0]?.extensions?.code === 'RATE_LIMITED');
    expect(await other.lease()).toMatchObject({ __typename: 'VerifierLease' });
  });

  test('can’t look keys up for a stream that has ended', async () => {
    const { organizationId, token, key } = await place();
    const { verifiers } = server().services;
    const before = new Set(verifiers.registry.streams);
    const verifier = await holdingVerifier(server(), token, key.secret);
    const [stream] = [...verifiers.registry.streams].filter((one) => !before.has(one));
    if (!stream) throw new Error('The server has no stream');
    const read = verifiers.startRead();
    verifier.socket.socket.terminate();
    await eventually(() => stream.isOver);
    const found = { organizationId, keyId: key.id, sequence: 1 };
    expect(() => verifiers.found(stream, read, found)).toThrow(UnavailableError);
    verifiers.endRead(read);
  });
});
