import { expect, it } from 'vitest';
import { systemPrincipal } from '../../src/access/principal.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { onEachDatabase } from '../support/databases.ts';
import { makeApiKey, serverOn } from '../support/server.ts';
import { contextFor } from '../support/services.ts';
import { openProxy } from '../support/tcp-proxy.ts';
import { connectVerifier, makeVerifyingOrganization, shortLeases } from '../support/verifier-client.ts';
import { eventually } from '../support/wait.ts';
import { FRAMEWORKS } from './frameworks.ts';

onEachDatabase('rate limits of a verifier', (engine) => {
  const server = serverOn(engine, shortLeases());
  const admin = () => contextFor(server().services, systemPrincipal('test'));

  async function limited(limit: number, windowSeconds = 3_600) {
    const { token, organizationId } = await makeVerifyingOrganization(server());
    const key = await makeApiKey(server(), organizationId, { rateLimit: { limit, windowSeconds } });
    const proxy = await openProxy(Number(new URL(server().url).port));
    const here = await connectVerifier(proxy.through(server().url), token, { timeoutMs: 1_000 });
    const there = await connectVerifier(server().url, token);
    const gateway = async () => {
      const { status } = await fetch(`${server().url}/verify`, { headers: { 'X-API-Key': key.secret } });
      return status === 200;
    };
    const doors = [
      async () => (await here.verify(key.secret)).valid,
      async () => (await there.verify(key.secret)).valid,
      gateway,
    ] as const;
    return { token, organizationId, key, proxy, here, there, gateway, doors };
  }

  const accepted = (verdicts: readonly boolean[]) => verdicts.filter(Boolean).length;

  it('are shared with other verifiers and the server, to the last one', async () => {
    const { doors, here, key } = await limited(100);
    let count = 0;
    for (let round = 0; round < 20; round += 1)
      count += accepted(
        await Promise.all(Array.from({ length: 12 }, (_, index) => doors[index % 3]?.() ?? false)),
      );
    expect(count).toBeLessThanOrEqual(100);
    // What a verifier held idle has been recalled before anything was denied for good.
    for (const door of [...doors, ...doors]) if (await door()) count += 1;
    await eventually(async () => {
      const last = accepted(await Promise.all(doors.map((door) => door())));
      count += last;
      return last === 0;
    });
    expect(count).toBe(100);
    const denied = await here.verify(key.secret);
    expect(denied).toMatchObject({
      code: 'RATE_LIMITED',
      remaining: 0,
      apiKey: { rateLimit: { limit: 100 } },
    });
    expect(denied.resetAt).toBeGreaterThan(server().clock.now() + 3_000_000);
  });

  it('are accepted from memory, with what is left', async () => {
    const { here, key } = await limited(1_000);
    const sources = new Set<string>();
    for (let round = 0; round < 50; round += 1) {
      const { valid, source, remaining, resetAt } = await here.verify(key.secret);
      expect([valid, (remaining ?? -1) >= 0, (resetAt ?? 0) > server().clock.now()]).toEqual([
        true,
        true,
        true,
      ]);
      sources.add(source);
    }
    expect(sources).toContain('memory');
  });

  it('are accepted from memory after the first round, for many keys that are used in turn', async () => {
    const { here, organizationId } = await limited(1);
    const secrets: string[] = [];
    for (let index = 0; index < 40; index += 1) {
      const rateLimit = { limit: 1_000_000, windowSeconds: 60 };
      secrets.push((await makeApiKey(server(), organizationId, { rateLimit })).secret);
    }
    await eventually(async () => {
      const sources: string[] = [];
      for (let round = 0; round < 5; round += 1)
        for (const secret of secrets) sources.push((await here.verify(secret)).source);
      // Slices end, and the lease may lapse, on a machine that is busy.
      return sources.slice(secrets.length).every((source) => source === 'memory');
    });
  });

  it('are not used up by a verifier that is idle', async () => {
    const { here, gateway, key } = await limited(20);
    await Promise.all(Array.from({ length: 10 }, () => here.verify(key.secret)));
    const results = [];
    for (let round = 0; round < 11; round += 1) results.push(await gateway());
    expect(accepted(results)).toBe(10);
  });

  it('stay within the sum if a verifier is cut off with what it holds', async () => {
    const { proxy, here, there, key, gateway } = await limited(30);
    await Promise.all(Array.from({ length: 8 }, () => here.verify(key.secret)));
    proxy.swallow();
    let count = 8;
    const offline = async () => (await here.verify(key.secret).catch(() => null))?.valid ?? false;
    for (let round = 0; round < 15; round += 1) {
      const verdicts = await Promise.all([
        offline(),
        gateway(),
        there.verify(key.secret).then(({ valid }) => valid),
      ]);
      count += accepted(verdicts);
    }
    expect(count).toBeLessThanOrEqual(30);
    expect(await gateway()).toBe(false);
  });

  it('begin again when they are changed', async () => {
    const { here, key } = await limited(3);
    for (let round = 0; round < 3; round += 1) expect((await here.verify(key.secret)).valid).toBe(true);
    expect((await here.verify(key.secret)).code).toBe('RATE_LIMITED');
    await updateApiKey(admin(), { id: key.id, rateLimit: { limit: 2, windowSeconds: 60 } });
    for (let round = 0; round < 2; round += 1)
      expect(await here.verify(key.secret)).toMatchObject({
        valid: true,
        apiKey: { rateLimit: { limit: 2 } },
      });
    expect((await here.verify(key.secret)).code).toBe('RATE_LIMITED');
    await updateApiKey(admin(), { id: key.id, rateLimit: null });
    expect(await here.verify(key.secret)).toMatchObject({ valid: true, remaining: null, resetAt: null });
  });

  it('are not charged for requests that are denied for another reason', async () => {
    const { here, gateway, key } = await limited(2);
    for (let round = 0; round < 5; round += 1)
      expect((await here.verify(key.secret, { permissions: ['orders.read'] })).code).toBe(
        'INSUFFICIENT_PERMISSIONS',
      );
    expect([await gateway(), await gateway(), await gateway()]).toEqual([true, true, false]);
  });

  it.each(FRAMEWORKS)(
    'are answered by the middleware of %s like by /verify',
    async (_name, startApi, path) => {
      const { here, key, gateway } = await limited(1);
      await gateway();
      const url = (await startApi(here, {})) + path;
      const headers = { 'X-API-Key': key.secret };
      const [own, other] = [
        await fetch(url, { headers }),
        await fetch(`${server().url}/verify`, { headers }),
      ];
      expect([own.status, await own.json()]).toEqual([429, await other.json()]);
      for (const name of ['ratelimit-policy', 'x-keywright-code'])
        expect(own.headers.get(name)).toBe(other.headers.get(name));
      expect(own.headers.get('ratelimit')).toMatch(/^"key";r=0;t=\d+$/);
      const seconds = Number(own.headers.get('retry-after'));
      expect(Math.abs(seconds - Number(other.headers.get('retry-after')))).toBeLessThan(120);
    },
  );
});
