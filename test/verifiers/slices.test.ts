import { expect, test } from 'vitest';
import { hashSecret } from '../../src/keys/secret.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { onEachDatabase } from '../support/databases.ts';
import { anyone } from '../support/live.ts';
import { seededRandom, seeds } from '../support/properties.ts';
import { makeApiKey, makeMember, serverOn } from '../support/server.ts';
import { holdingVerifier, openVerifier, returnWhenRecalled, type TestVerifier } from '../support/verifier.ts';
import { eventually } from '../support/wait.ts';

onEachDatabase('slices of rate limits', (engine) => {
  const server = serverOn(engine);

  async function limited(limit: number) {
    const { organizationId } = await makeMember(server());
    const { secret: token } = await makeApiKey(server(), organizationId, { grants: ['api.key.verify'] });
    const key = await makeApiKey(server(), organizationId, { rateLimit: { limit, windowSeconds: 3_600 } });
    const verify = async (): Promise<number> =>
      (await fetch(`${server().url}/verify`, { headers: { 'X-API-Key': key.secret } })).status;
    return { organizationId, token, key, verify };
  }

  test('are parts of the window, and nothing is granted beyond it', async () => {
    const { token, key } = await limited(10);
    const verifier = await holdingVerifier(server(), token, key.secret);
    expect(await verifier.want(key.secret, 4)).toMatchObject({
      ...{ hash: hashSecret(key.secret), slice: expect.any(String), granted: 4, remaining: 6 },
      ...{ limit: 10, windowSeconds: 3_600, remainingMs: 3_600_000 },
    });
    expect(await verifier.want(key.secret, 1_000)).toMatchObject({ granted: 6, remaining: 0 });
    expect(await verifier.want(key.secret, 1)).toMatchObject({ granted: 0, slice: null, remaining: 0 });
    const none = await makeApiKey(server(), (await makeMember(server())).organizationId);
    expect(await verifier.report({ wanted: [{ hash: hashSecret(none.secret), count: 1 }] })).toMatchObject({
      slices: [],
    });
  });

  test('are small, whatever a verifier wants, unless it has used as much', async () => {
    const { token, key } = await limited(10_000);
    const verifier = await holdingVerifier(server(), token, key.secret);
    const want = async () => verifier.want(key.secret, 1_000_000);
    const first = await want();
    const second = await want();
    expect([first.granted, second.granted]).toEqual([100, 100]);
    // It holds them: one after the other.
    const third = await want();
    expect([third.granted, (await want()).granted]).toEqual([1, 1]);
    await verifier.report({ returned: [{ slice: first.slice, used: 100 }] });
    expect((await want()).granted).toBe(200);
    // Nobody gets more by saying so.
    await verifier.report({ returned: [{ slice: third.slice, used: 1_000_000_000 }] });
    expect((await want()).granted).toBeLessThan(203);
    const other = await holdingVerifier(server(), token, key.secret);
    expect((await other.want(key.secret, 1_000_000)).granted).toBe(100);
  });

  test('of a small limit cover what may wait for them', async () => {
    const { token, key } = await limited(60);
    const verifier = await holdingVerifier(server(), token, key.secret);
    expect((await verifier.want(key.secret, 60)).granted).toBe(10);
    expect((await verifier.want(key.secret, -1)).granted).toBe(1);
  });

  test('can be returned once, by their own verifier, and count as they were used', async () => {
    const { token, key } = await limited(10);
    const verifier = await holdingVerifier(server(), token, key.secret);
    const other = await holdingVerifier(server(), token, key.secret);
    const { slice } = await verifier.want(key.secret, 8);
    await other.report({ returned: [{ slice, used: 0 }] });
    expect(await other.want(key.secret, 8)).toMatchObject({ granted: 2 });
    await verifier.report({
      returned: [
        { slice, used: 3 },
        { slice, used: 0 },
      ],
    });
    await verifier.report({ returned: [{ slice, used: 0 }] });
    expect(await other.want(key.secret, 100)).toMatchObject({ granted: 5 });
    const next = await other.want(key.secret, 1);
    expect(next.granted).toBe(0);
    await verifier.report({ returned: [{ slice: 'no-such-slice', used: -5 }] });
  });

  test('are recalled before anybody is denied', async () => {
    const { token, key, verify } = await limited(5);
    const [one, other] = [
      await holdingVerifier(server(), token, key.secret),
      await openVerifier(server(), token),
    ];
    returnWhenRecalled(one, () => 2);
    const { granted } = await one.want(key.secret, 5);
    expect(granted).toBe(5);
    expect(await verify()).toBe(200);
    expect(one.of('Recall')).toHaveLength(1);
    expect(await other.want(key.secret, 5)).toMatchObject({ granted: 2 });
    expect(await verify()).toBe(429);
    // What was recalled in vain is not waited for again.
    expect(other.of('Recall')).toHaveLength(1);
    expect(await verify()).toBe(429);
    expect(other.of('Recall')).toHaveLength(1);
  });

  test('end with the window: a return after another limit was set has no effect', async () => {
    const { token, key } = await limited(5);
    const verifier = await holdingVerifier(server(), token, key.secret);
    const { slice } = await verifier.want(key.secret, 5);
    await updateApiKey(anyone(server()), { id: key.id, rateLimit: { limit: 3, windowSeconds: 3_600 } });
    expect(await verifier.want(key.secret, 5)).toMatchObject({ granted: 3, limit: 3 });
    await verifier.report({ returned: [{ slice, used: 0 }] });
    expect(await verifier.want(key.secret, 5)).toMatchObject({ granted: 0, limit: 3 });
    const second = await limited(5);
    const held = await holdingVerifier(server(), second.token, second.key.secret);
    const old = await held.want(second.key.secret, 5);
    server().clock.advance(3_600_001);
    expect(await held.want(second.key.secret, 3)).toMatchObject({ granted: 3, remaining: 2 });
    await held.report({ returned: [{ slice: old.slice, used: 0 }] });
    expect(await held.want(second.key.secret, 5)).toMatchObject({ granted: 2, remaining: 0 });
  });

  test('of a verifier that dies count until the window ends', async () => {
    const { token, key, verify } = await limited(4);
    const verifier = await holdingVerifier(server(), token, key.secret);
    await verifier.want(key.secret, 3);
    verifier.socket.socket.terminate();
    await eventually(() => server().services.verifiers.slices.size === 0);
    expect([await verify(), await verify()]).toEqual([200, 429]);
  });

  test.each(seeds(3))(
    'never exceed the limit in sum, with several verifiers and /verify at once (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const limit = 40;
      const { token, key, verify } = await limited(limit);
      const used = new Map<string, number>();
      let accepted = 0;
      const use = (slice: string, granted: number): void => {
        const count = Math.floor(random() * (granted + 1));
        used.set(slice, count);
        accepted += count;
      };
      const verifiers: TestVerifier[] = [];
      while (verifiers.length < 3) verifiers.push(await holdingVerifier(server(), token, key.secret));
      const work = verifiers.map(async (verifier) => {
        const recalled = returnWhenRecalled(verifier, (slice) => used.get(slice) ?? 0);
        for (let n = 0; n < 12; n += 1) {
          const { slice, granted } = await verifier.want(key.secret, 1 + Math.floor(random() * 8));
          if (slice === null || recalled.has(slice)) continue;
          use(slice, granted);
          if (random() < 0.5) await verifier.report({ returned: [{ slice, used: used.get(slice) }] });
        }
      });
      const doors = Array.from({ length: 12 }, async () => {
        if ((await verify()) === 200) accepted += 1;
      });
      await Promise.all([...work, ...doors]);
      expect(accepted).toBeLessThanOrEqual(limit);
      // Everything that was not used can be used.
      for (let status = 200; status === 200; ) {
        status = await verify();
        if (status === 200) accepted += 1;
      }
      expect(accepted).toBe(limit);
    },
  );
});
