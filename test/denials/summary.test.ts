import { expect, test } from 'vitest';
import { ForbiddenError, NotFoundError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import type { DenialFilter } from '../../src/denials/denial-filter.ts';
import { summarizeDenials } from '../../src/denials/summarize-denials.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { emptyBatch, noteDenial } from '../../src/usage/batch.ts';
import { usageStore } from '../../src/usage/store.ts';
import { verifyApiKey } from '../../src/verification-host/verify-api-key.ts';
import { onEachDatabase } from '../support/databases.ts';
import { contextFor, keyCaller, makeOrganization, memberOf, servicesOn } from '../support/services.ts';

const HOUR_MS = 3_600_000;
const START = Date.UTC(2030, 0, 10, 12);

onEachDatabase('the summary of denied verifications', (engine) => {
  const services = servicesOn(engine);

  async function made() {
    services().clock.set(START);
    const { ctx, organization } = await makeOrganization(services());
    const teamIds = [(await createTeam(ctx, { name: 'Payments' })).result.id];
    const a = (await createApiKey(ctx, { name: 'A' })).result;
    const b = (await createApiKey(ctx, { name: 'B', teamIds })).result;
    const present = async (key: string, at: number, ip: string, permissions?: string[]) => {
      services().clock.set(at);
      await verifyApiKey(ctx, { key, ip, ...(permissions && { permissions }) });
    };
    const deny = (key: string, at: number, ip: string) => present(key, at, ip, ['nothing.held']);
    const summary = (filter: DenialFilter = {}, as = ctx) =>
      summarizeDenials(as, organization.id, { from: START, ...filter }, 'hour');
    const bound = contextFor(services(), keyCaller(organization.id, ['api.key.view'], { teamIds }));
    return { ctx, organizationId: organization.id, a, b, present, deny, summary, bound };
  }

  test('has sums over time, by code, key and address, of any filter', async () => {
    const { a, b, deny, summary, bound } = await made();
    await deny(a.secret, START + 1_000, '192.0.2.1');
    await deny(a.secret, START + 2_000, '192.0.2.1');
    await deny(b.secret, START + HOUR_MS, '192.0.2.2');
    await deny('guess', START + HOUR_MS + 1, '192.0.2.1');
    const held = 'INSUFFICIENT_PERMISSIONS';
    expect(await summary()).toEqual({
      count: 4,
      undetailed: 0,
      firstAt: START + 1_000,
      lastAt: START + HOUR_MS + 1,
      intervals: [
        { start: START, count: 2 },
        { start: START + HOUR_MS, count: 2 },
      ],
      codes: [
        { value: held, count: 3, firstAt: START + 1_000, lastAt: START + HOUR_MS },
        { value: 'MALFORMED', count: 1, firstAt: START + HOUR_MS + 1, lastAt: START + HOUR_MS + 1 },
      ],
      keys: [
        { value: a.apiKey.id, count: 2, firstAt: START + 1_000, lastAt: START + 1_000 },
        { value: null, count: 1, firstAt: START + HOUR_MS + 1, lastAt: START + HOUR_MS + 1 },
        { value: b.apiKey.id, count: 1, firstAt: START + HOUR_MS, lastAt: START + HOUR_MS },
      ],
      ips: [
        { value: '192.0.2.1', count: 3, firstAt: START + 1_000, lastAt: START + HOUR_MS + 1 },
        { value: '192.0.2.2', count: 1, firstAt: START + HOUR_MS, lastAt: START + HOUR_MS },
      ],
      keyCount: 2,
      ipCount: 2,
      acceptedKeyIds: [],
    });
    const count = async (filter: DenialFilter, as = bound) => (await summary(filter, as)).count;
    expect((await summary({ apiKeyId: a.apiKey.id })).count).toBe(2);
    expect((await summary({ codes: ['MALFORMED'] })).count).toBe(1);
    expect((await summary({ codes: [] })).count).toBe(0);
    expect((await summary({ ip: '192.0.2.1', codes: [held] })).count).toBe(2);
    expect((await summary({ from: START + HOUR_MS })).count).toBe(2);
    expect((await summary({ apiKeyId: 'a\0b' })).count).toBe(0);
    // A caller bound to a team sees the denials of its keys.
    expect(await count({})).toBe(1);
    expect(await count({ ip: '192.0.2.1' })).toBe(0);
    expect(await count({ apiKeyId: a.apiKey.id })).toBe(0);
  });

  test('names the keys that were accepted from the address, last', async () => {
    const { a, b, present, deny, summary, bound } = await made();
    await deny('guess', START, '2001:db8::1');
    await present(a.secret, START + 1, '2001:db8::1');
    await present(b.secret, START + 2, '2001:db8::1');
    expect((await summary({ ip: '2001:DB8:0::1' })).acceptedKeyIds).toEqual([b.apiKey.id, a.apiKey.id]);
    expect((await summary({ ip: '2001:db8::1' }, bound)).acceptedKeyIds).toEqual([b.apiKey.id]);
    expect((await summary({ ip: '2001:db8::2' })).acceptedKeyIds).toEqual([]);
    expect((await summary()).acceptedKeyIds).toEqual([]);
    expect((await summary({ ip: '2001:db8::1', to: START + 2 })).acceptedKeyIds).toEqual([a.apiKey.id]);
    await present(a.secret, START + HOUR_MS, '192.0.2.1');
    expect((await summary({ ip: '2001:db8::1' })).acceptedKeyIds).toEqual([b.apiKey.id]);
    expect((await summary({ ip: '2001:db8::1', from: START + HOUR_MS })).acceptedKeyIds).toEqual([]);
  });

  test('says how many were counted without key and address', async () => {
    const { organizationId, a, summary } = await made();
    const batch = emptyBatch();
    for (let index = 0; index < 1_000; index += 1)
      noteDenial(batch, {
        ...{ organizationId, keyId: a.apiKey.id, secretId: newId('sec') },
        ...{ code: 'EXPIRED', at: START, ip: `10.0.${index >> 8}.${index % 256}` },
      });
    await usageStore(services().unhurried, newId('evt')).append(1, batch);
    expect(await summary()).toMatchObject({ count: 1_000, undetailed: 950, keyCount: 1, ipCount: 50 });
    expect((await summary()).ips).toHaveLength(20);
    expect(await summary({ apiKeyId: a.apiKey.id })).toMatchObject({ count: 50, undetailed: 0 });
  });

  test('is bounded, and requires api.key.view', async () => {
    const { ctx, organizationId, summary } = await made();
    const refusal = expect.objectContaining({ code: 'BAD_USER_INPUT' });
    await expect(summary({ from: START - 200 * HOUR_MS })).rejects.toThrow(refusal);
    await expect(summary({ from: START + 1, to: START })).rejects.toThrow(refusal);
    await expect(summary({ ip: 'localhost' })).rejects.toThrow(refusal);
    const verifier = contextFor(services(), memberOf(organizationId, ['api.key.verify']));
    await expect(summary({}, verifier)).rejects.toThrow(new ForbiddenError('api.key.view'));
    for (const id of [(await made()).organizationId, newId('org'), 'a\0b'])
      await expect(summarizeDenials(ctx, id, {}, 'day')).rejects.toThrow(
        new NotFoundError(id, 'organization'),
      );
  });
});
