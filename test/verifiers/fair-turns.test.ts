import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { hashSecret } from '../../src/keys/secret.ts';
import { FairTurns } from '../../src/verifiers/fair-turns.ts';
import { onEachDatabase } from '../support/databases.ts';
import { seededRandom, seeds } from '../support/properties.ts';
import { makeApiKey, makeMember, serverOn } from '../support/server.ts';
import { holdingVerifier, openVerifier, type TestVerifier } from '../support/verifier.ts';
import { eventually } from '../support/wait.ts';

const ENTRIES = Array.from({ length: 100 }, (_, n) => n);

/** Operations that note when they begin, and end when they are told to. */
function noting(turns: FairTurns) {
  const begun: string[] = [];
  const open: (() => void)[] = [];
  const start = (lane: string, name: string, entries: readonly number[] = ENTRIES): Promise<number[]> =>
    turns.run(lane, entries, async (part) => {
      begun.push(name);
      await new Promise<void>((resolve) => open.push(resolve));
      return part;
    });
  const endAll = (): void => {
    for (const end of open.splice(0)) end();
  };
  return { begun, start, endAll };
}

test('a credential with many operations lets others begin next', async () => {
  const turns = new FairTurns();
  const { begun, start, endAll } = noting(turns);
  const all = Array.from({ length: 200 }, (_, n) => start('flood', `flood ${n}`));
  // Nothing waits behind it: one begins at once.
  expect(begun).toEqual(['flood 0']);
  all.push(start('calm', 'calm'), start('other', 'other'));
  await eventually(() => begun.length === 6);
  expect(begun.slice(0, 4)).toEqual(['flood 0', 'flood 1', 'calm', 'other']);
  // Four of its operations run, and no more.
  for (let n = 0; n < 20; n += 1) await turn();
  expect(begun.filter((name) => name.startsWith('flood'))).toHaveLength(4);
  const draining = setInterval(endAll, 1);
  await Promise.all(all);
  clearInterval(draining);
  expect(begun).toHaveLength(202);
  expect([turns.waiting, turns.size]).toEqual([0, 0]);
});

test('a large operation is cut into parts, between which others begin, and small ones begin together', async () => {
  const turns = new FairTurns();
  const sizes: number[] = [];
  const order: string[] = [];
  const entries = Array.from({ length: 450 }, (_, n) => n);
  const large = turns.run('large', entries, async (part) => {
    sizes.push(part.length);
    order.push('large');
    return part.map((entry) => 2 * entry);
  });
  const small = Array.from({ length: 150 }, () =>
    turns.run('small', [1], async (part) => {
      order.push('small');
      return part;
    }),
  );
  expect(await large).toEqual(entries.map((entry) => 2 * entry));
  await Promise.all(small);
  expect(sizes).toEqual([100, 100, 100, 100, 50]);
  expect(order.indexOf('small')).toBeLessThan(order.lastIndexOf('large'));
});

test('what waits is bounded, by credential, and an operation that fails ends its turn', async () => {
  const turns = new FairTurns();
  const { start, endAll } = noting(turns);
  const flood = Array.from({ length: 300 }, (_, n) => start('flood', String(n)));
  const refused = flood.slice(251).map((one) => expect(one).rejects.toMatchObject({ code: 'RATE_LIMITED' }));
  await Promise.all(refused);
  expect(turns.waiting).toBe(250);
  const failing = turns.run('calm', [1], () => Promise.reject(new Error('failed')));
  await expect(failing).rejects.toThrow('failed');
  const draining = setInterval(endAll, 1);
  await Promise.all(flood.slice(0, 251));
  clearInterval(draining);
  expect([turns.waiting, turns.size]).toEqual([0, 0]);
});

test.each(seeds(20))('everything runs once, in order within a lane (seed %i)', async (seed) => {
  const random = seededRandom(seed);
  const turns = new FairTurns();
  const begun = new Map<string, number[]>();
  const all = Array.from({ length: 120 }, async (_, n) => {
    const lane = `lane ${Math.floor(random() * 5)}`;
    const entries = Array.from({ length: 1 + Math.floor(random() * 260) }, (_, entry) => entry);
    const waits = Math.floor(random() * 3);
    const found = await turns.run(lane, entries, async (part) => {
      if (part[0] === 0) begun.set(lane, [...(begun.get(lane) ?? []), n]);
      for (let turnsLeft = waits; turnsLeft > 0; turnsLeft -= 1) await turn();
      return part;
    });
    expect(found).toEqual(entries);
  });
  await Promise.all(all);
  const numbers = [...begun.values()];
  expect(numbers.flat()).toHaveLength(120);
  for (const list of numbers) expect(list).toEqual([...list].sort((one, other) => one - other));
  expect(turns.size).toBe(0);
});

onEachDatabase('a verifier whose credential floods the server', (engine) => {
  const server = serverOn(engine);

  test('with slices and look-ups doesn’t hold up the look-ups of others', async () => {
    const { organizationId } = await makeMember(server());
    const { secret: token } = await makeApiKey(server(), organizationId, { grants: ['api.key.verify'] });
    const rateLimit = { limit: 1_000_000, windowSeconds: 3_600 };
    const hashes: string[] = [];
    while (hashes.length < 50) {
      const { secret } = await makeApiKey(server(), organizationId, { rateLimit });
      hashes.push(hashSecret(secret));
    }
    const others = await makeMember(server());
    const calm = await makeApiKey(server(), others.organizationId, { grants: ['api.key.verify'] });
    const theirs = await makeApiKey(server(), others.organizationId);
    const verifier = await openVerifier(server(), calm.secret);
    const floods: TestVerifier[] = [];
    while (floods.length < 8) floods.push(await openVerifier(server(), token));
    const wanted = Array.from({ length: 400 }, (_, n) => ({ hash: hashes[n % 50], count: 1 }));
    let answered = 0;
    const sent = floods.flatMap((flood) =>
      Array.from({ length: 8 }, async () => {
        await flood.report({ wanted });
        answered += 1;
      }),
    );
    const { turns } = server().services.verifiers;
    await eventually(() => turns.waiting > 8);
    await verifier.lookUp(theirs.secret);
    // It didn't wait for all that arrived before.
    expect(answered).toBeLessThan(sent.length);
    await Promise.all(sent);
    expect(turns.size).toBe(0);
  });

  test('can hold only a few slices of a key', async () => {
    const { organizationId } = await makeMember(server());
    const { secret: token } = await makeApiKey(server(), organizationId, { grants: ['api.key.verify'] });
    const rateLimit = { limit: 1_000_000, windowSeconds: 3_600 };
    const key = await makeApiKey(server(), organizationId, { rateLimit });
    const verifier = await holdingVerifier(server(), token, key.secret);
    const wanted = Array(2).fill({ hash: hashSecret(key.secret), count: 1 });
    const granted: unknown[] = [];
    for (let report = 0; report < 20; report += 1) {
      const { slices } = await verifier.report({ wanted });
      granted.push(...slices.map(({ slice }) => slice));
    }
    // One by each report, although two are wanted.
    expect(granted).toHaveLength(16);
    await verifier.report({ returned: [{ slice: granted[0], used: 1 }] });
    expect((await verifier.report({ wanted })).slices).toHaveLength(1);
    expect((await verifier.report({ wanted })).slices).toHaveLength(0);
  });
});
