import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { onEachDatabase } from '../support/databases.ts';
import { openEventSource } from '../support/event-source.ts';
import { connectLive } from '../support/live-socket.ts';
import { ask, makeApiKey, makeMember, makeOperatorToken, serverOn } from '../support/server.ts';
import { holdingVerifier, openVerifier } from '../support/verifier.ts';
import { eventually } from '../support/wait.ts';

const REVOKE = `mutation ($id: ID!) { revokeApiKey(input: { id: $id }) {
  ... on RevokeApiKeyPayload { propagation { confirmedNodes totalNodes milliseconds } } } }`;

onEachDatabase('the stream of a verifier', (engine) => {
  const server = serverOn(engine);

  async function place() {
    const owner = await makeMember(server());
    const { organizationId } = owner;
    const verifierKey = await makeApiKey(server(), organizationId, { grants: ['api.key.verify'] });
    const key = await makeApiKey(server(), organizationId, { grants: ['orders.read'] });
    const revoke = async (id = key.id) => {
      const { data, errors } = await ask(server(), REVOKE, { token: owner.sessionToken, variables: { id } });
      expect(errors).toEqual([]);
      return data.revokeApiKey.propagation;
    };
    return { owner, organizationId, token: verifierKey.secret, key, revoke };
  }

  test('begins with a welcome, answers requests for leases, and numbers its events', async () => {
    const { token } = await place();
    const verifier = await openVerifier(server(), token, { name: 'Orders API' });
    const { leaseMs } = await verifier.lease();
    expect(leaseMs).toBeGreaterThan(1_000);
    expect(leaseMs).toBeLessThanOrEqual(verifier.leaseMs);
    await eventually(async () => (await verifier.lease()).number);
    const numbers = verifier.events.events.map(({ number }) => number);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(verifier.holdsLease).toBe(true);
  });

  test('finds keys by hash, and none that the credential can’t see', async () => {
    const { token, key, organizationId } = await place();
    const foreign = await place();
    const verifier = await openVerifier(server(), token);
    const [own, other, unknown] = await verifier.lookUp(
      key.secret,
      foreign.key.secret,
      `kw_live_${randomUUID()}`,
    );
    expect(own).toMatchObject({
      id: key.id,
      organizationId,
      permissions: ['orders.read'],
      enabled: true,
      revoked: false,
    });
    expect([other, unknown]).toEqual([null, null]);
    const operator = await openVerifier(server(), await makeOperatorToken(server(), randomUUID()));
    const found = await operator.lookUp(key.secret, foreign.key.secret);
    expect(found.map(({ id }) => id)).toEqual([key.id, foreign.key.id]);
  });

  test('delays the answer of a revocation until every verifier has dropped the key', async () => {
    const { token, key, revoke } = await place();
    const verifiers = [
      await holdingVerifier(server(), token, key.secret),
      await holdingVerifier(server(), token, key.secret),
    ];
    const other = await holdingVerifier(server(), token);
    const slow = verifiers[1];
    if (slow) slow.acknowledges = false;
    let answered = false;
    const answer = revoke().then((propagation) => {
      answered = true;
      return propagation;
    });
    await eventually(() => slow?.of('Change').length);
    await slow?.socket.ping();
    expect([answered, slow?.cached.size]).toEqual([false, 0]);
    slow?.acknowledge();
    expect(await answer).toMatchObject({ confirmedNodes: 4, totalNodes: 4 });
    expect(other.of('Change')).toEqual([]);
    expect(slow?.of('Change')[0]).toMatchObject({ apiKeyIds: [key.id] });
  });

  test('delays it until the lease is over where nothing is acknowledged, and grants no other', async () => {
    const { token, key, revoke } = await place();
    const verifier = await holdingVerifier(server(), token, key.secret);
    verifier.acknowledges = false;
    const until = verifier.leaseUntil;
    const before = verifier.last;
    const propagation = await revoke();
    expect(performance.now()).toBeGreaterThan(until);
    expect(propagation).toMatchObject({ confirmedNodes: 1, totalNodes: 2 });
    const nonce = verifier.request(undefined, before);
    await verifier.socket.ping();
    await verifier.lookUp(key.secret);
    expect(verifier.of('Lease').some((event) => event.nonce === nonce)).toBe(false);
    verifier.acknowledge();
    await eventually(() => verifier.of('Lease').some((event) => event.nonce === nonce));
  });

  test('is waited for when its socket is cut, and not when it was completed', async () => {
    const { token, key, revoke, organizationId, owner } = await place();
    const cut = await holdingVerifier(server(), token, key.secret);
    const until = cut.leaseUntil;
    cut.socket.socket.terminate();
    await revoke();
    expect(performance.now()).toBeGreaterThan(until);
    const second = await makeApiKey(server(), organizationId);
    const done = await holdingVerifier(server(), token, second.secret);
    done.events.complete();
    await done.socket.ping();
    const { data } = await ask(server(), REVOKE, { token: owner.sessionToken, variables: { id: second.id } });
    expect(performance.now()).toBeLessThan(done.leaseUntil);
    expect(data.revokeApiKey.propagation).toMatchObject({ confirmedNodes: 1, totalNodes: 1 });
  });

  test('needs a WebSocket, the permission, and its own stream', async () => {
    const { token, key, owner, organizationId } = await place();
    const document = 'subscription { verifierEvents { number } }';
    const stream = await openEventSource(server(), document, { token });
    await eventually(() => stream.events[0]?.data.includes('"code":"BAD_REQUEST"'));
    const viewer = await makeApiKey(server(), organizationId, { grants: ['api.key.view'] });
    const socket = await connectLive(server(), viewer.secret);
    expect(await socket.subscribe(document).failed()).toBe('FORBIDDEN');
    const verifier = await openVerifier(server(), token);
    expect(await verifier.socket.subscribe(document).failed()).toBe('BAD_REQUEST');
    const other = await openVerifier(server(), token);
    const lookUp = 'query ($s: ID!) { verifierKeys(stream: $s, secrets: []) { otherHashes } }';
    await expect(other.ask(lookUp, { s: verifier.stream })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await other.ask(lookUp, { s: other.stream })).toEqual({ verifierKeys: { otherHashes: false } });
    const overHttp = await ask(server(), lookUp, { token, variables: { s: verifier.stream } });
    expect(overHttp.errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    // A person of one organization may.
    const person = await holdingVerifier(server(), owner.sessionToken, key.secret);
    expect(person.cached.has(key.id)).toBe(true);
  });
});
