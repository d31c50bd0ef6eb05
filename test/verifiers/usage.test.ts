import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { hashSecret } from '../../src/keys/secret.ts';
import { reportInterval } from '../../src/verifiers/stream/report-interval.ts';
import { createTestDatabaseUrl, onEachDatabase } from '../support/databases.ts';
import {
  ask,
  makeApiKey,
  makeMember,
  makeOperatorToken,
  serverOn,
  startTestServer,
} from '../support/server.ts';
import { holdingVerifier, openVerifier, type TestVerifier } from '../support/verifier.ts';
import { eventually } from '../support/wait.ts';

const USAGE = `query ($id: ID!) { apiKey(id: $id) { lastUsedAt lastUsedIp secrets { uses } usage { verified denied } } }`;

onEachDatabase('usage that verifiers report', (engine) => {
  const server = serverOn(engine);

  async function place(at = server()) {
    const { organizationId, sessionToken } = await makeMember(at);
    const { secret: token } = await makeApiKey(at, organizationId, { grants: ['api.key.verify'] });
    const key = await makeApiKey(at, organizationId);
    const usageOf = async (id = key.id) => {
      const { data } = await ask(at, USAGE, { token: sessionToken, variables: { id } });
      const { usage, secrets, ...last } = data.apiKey;
      const sum = (which: 'verified' | 'denied') =>
        usage.reduce((total: number, bucket: Record<string, number>) => total + (bucket[which] ?? 0), 0);
      return { verified: sum('verified'), denied: sum('denied'), uses: secrets[0].uses, ...last };
    };
    return { organizationId, sessionToken, token, key, hash: hashSecret(key.secret), usageOf };
  }

  const now = () => server().clock.now();

  test('counts once, however often a batch is sent', async () => {
    const { token, key, hash, usageOf } = await place();
    const verifier = await holdingVerifier(server(), token, key.secret);
    expect(await verifier.report({})).toMatchObject({ batch: 0 });
    const batch = {
      batch: 1,
      uses: [{ hash, count: 7, lastUsedAt: now(), lastUsedIp: '192.0.2.7' }],
      denials: [{ hash, code: 'RATE_LIMITED', count: 2, at: now() }],
    };
    const sent = [verifier.report(batch), verifier.report(batch), verifier.report(batch)];
    expect((await Promise.all(sent)).map((report) => report.batch)).toEqual([1, 1, 1]);
    expect(await verifier.report({ ...batch, batch: 2 })).toMatchObject({ batch: 2 });
    expect(await verifier.report(batch)).toMatchObject({ batch: 2 });
    expect(await usageOf()).toMatchObject({ verified: 14, denied: 4 });
    await eventually(async () => (await usageOf()).uses === 14);
    expect(await usageOf()).toMatchObject({ lastUsedIp: '192.0.2.7' });
    // It continues where it was, after a reconnect.
    const again = await openVerifier(server(), token, { writer: verifier.writer });
    expect(await again.report({ ...batch, batch: 2 })).toMatchObject({ batch: 2 });
    expect(await again.report({ ...batch, batch: 3 })).toMatchObject({ batch: 3 });
    expect(await usageOf()).toMatchObject({ verified: 21, denied: 6 });
    // A writer is the credential's own.
    const other = await makeApiKey(server(), (await place()).organizationId, { grants: ['api.key.verify'] });
    const foreign = await openVerifier(server(), other.secret, { writer: verifier.writer });
    expect(await foreign.report({})).toMatchObject({ batch: 0 });
  });

  test('skips keys that the credential can’t see, and clamps counts and times', async () => {
    const { token, hash, usageOf } = await place();
    const foreign = await place();
    const verifier = await openVerifier(server(), token);
    await verifier.report({
      batch: 1,
      uses: [
        { hash: foreign.hash, count: 5, lastUsedAt: now() },
        { hash: hashSecret('unknown'), count: 5, lastUsedAt: now() },
        { hash, count: 2_000_000_000, lastUsedAt: now() + 1e12 },
        { hash, count: -3, lastUsedAt: 0 },
      ],
      denials: [{ code: 'NOT_FOUND', count: 3, at: now() }],
    });
    expect(await foreign.usageOf()).toMatchObject({ verified: 0, denied: 0, uses: 0 });
    const { verified } = await usageOf();
    const lastUsedAt = await eventually(async () => (await usageOf()).lastUsedAt);
    expect([verified, Date.parse(lastUsedAt) <= now()]).toEqual([1_000_000, true]);
    const operator = await openVerifier(server(), await makeOperatorToken(server(), randomUUID()));
    await operator.report({ batch: 1, uses: [{ hash: foreign.hash, count: 5, lastUsedAt: now() }] });
    expect(await foreign.usageOf()).toMatchObject({ verified: 5 });
  });

  test('of verifiers with the same credential is written together, each batch once', async () => {
    const { organizationId, token, hash, usageOf } = await place();
    const other = await place();
    const more = await makeApiKey(server(), organizationId);
    const verifiers: TestVerifier[] = [];
    while (verifiers.length < 30) verifiers.push(await openVerifier(server(), token));
    const twin = await openVerifier(server(), token, { writer: verifiers[0]?.writer ?? '' });
    const calm = await openVerifier(server(), other.token);
    const uses = [hash, hashSecret(more.secret)].map((one) => ({ hash: one, count: 2, lastUsedAt: now() }));
    const reported = verifiers.flatMap((verifier) => [1, 2].map((batch) => verifier.report({ batch, uses })));
    const repeated = twin.report({ batch: 1, uses });
    const aside = calm.report({ batch: 1, uses: [{ hash: other.hash, count: 1, lastUsedAt: now() }] });
    await Promise.all([...reported, repeated, aside]);
    const recorded = await Promise.all(verifiers.map((verifier) => verifier.report({})));
    expect(recorded.map(({ batch }) => batch)).toEqual(recorded.map(() => 2));
    // A batch 2 that was written first makes batch 1 of the same writer an old one, which counts no more.
    const { verified } = await usageOf();
    expect([verified % 2, verified >= 60, verified <= 120]).toEqual([0, true, true]);
    expect(await usageOf(more.id)).toMatchObject({ verified });
    expect(await other.usageOf()).toMatchObject({ verified: 1 });
  });

  test('is limited to a few batches of a stream at a time', async () => {
    const { token, hash, usageOf } = await place();
    const verifier = await openVerifier(server(), token);
    const uses = [{ hash, count: 1, lastUsedAt: now() }];
    const sent = Array.from({ length: 40 }, (_, index) => verifier.report({ batch: index + 1, uses }));
    const results = await Promise.allSettled(sent);
    const refused = results.filter((one) => one.status === 'rejected');
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'RATE_LIMITED' });
    expect(refused.length).toBeGreaterThan(0);
    const { batch } = await verifier.report({});
    expect(await verifier.report({ batch: batch + 1, uses })).toMatchObject({ batch: batch + 1 });
    expect((await usageOf()).verified).toBeLessThanOrEqual(41 - refused.length);
  });

  test('is asked for less often, the more verifiers are connected', async () => {
    const crowded = await startTestServer(engine);
    onTestFinished(() => crowded.close());
    const { token } = await place(crowded);
    const first = await openVerifier(crowded, token);
    expect(first.events.events[0].reportMs).toBe(250);
    for (let others = 1; others < 110; others += 1) await openVerifier(crowded, token);
    expect((await openVerifier(crowded, token)).events.events[0].reportMs).toBe(278);
    // It learns this with its next report.
    expect(await first.report({})).toMatchObject({ reportMs: 278 });
    expect([1, 100, 101, 500, 4_000, 10_000].map(reportInterval)).toEqual([
      250, 250, 253, 1_250, 10_000, 10_000,
    ]);
  });

  test('is refused where it is malformed, and nothing of it is recorded', async () => {
    const { token, hash, usageOf } = await place();
    const verifier = await openVerifier(server(), token);
    const use = { hash, count: 1, lastUsedAt: now() };
    for (const input of [
      { batch: 0, uses: [use] },
      { uses: [use] },
      { batch: 1, uses: Array.from({ length: 1_001 }, () => use) },
      { batch: 1, uses: [use, { ...use, hash: hash.toUpperCase() }] },
      { wanted: Array.from({ length: 501 }, () => ({ hash, count: 1 })) },
      { returned: Array.from({ length: 501 }, () => ({ slice: 'a', used: 1 })) },
      { batch: 1, denials: [{ hash, code: 'VALID', count: 1, at: now() }] },
      { stream: 'another', batch: 1, uses: [use] },
    ])
      await expect(verifier.report(input)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await usageOf()).toMatchObject({ verified: 0 });
  });
});

onEachDatabase('usage that verifiers report to two servers', (engine) => {
  test('counts once', async () => {
    if (engine !== 'postgres') return;
    const database = await createTestDatabaseUrl(engine);
    const [one, other] = [
      await startTestServer(engine, { databaseUrl: database.url }),
      await startTestServer(engine, { databaseUrl: database.url }),
    ];
    try {
      const { organizationId, sessionToken } = await makeMember(one);
      const { secret: token } = await makeApiKey(one, organizationId, { grants: ['api.key.verify'] });
      const key = await makeApiKey(one, organizationId);
      const first = await openVerifier(one, token);
      const uses = [{ hash: hashSecret(key.secret), count: 3, lastUsedAt: one.clock.now() }];
      await first.report({ batch: 1, uses });
      // The answer was lost, and the verifier connects to the other one.
      const second = await openVerifier(other, token, { writer: first.writer });
      expect(await second.report({ batch: 1, uses })).toMatchObject({ batch: 1 });
      await Promise.all([first.report({ batch: 2, uses }), second.report({ batch: 2, uses })]);
      const { data } = await ask(one, USAGE, { token: sessionToken, variables: { id: key.id } });
      expect(data.apiKey.secrets[0].uses).toBe(6);
    } finally {
      await Promise.all([one.close(), other.close()]);
      await database.drop();
    }
  });
});
