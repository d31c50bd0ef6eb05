import type { KyselyPlugin } from 'kysely';
import { expect, test } from 'vitest';
import { ForbiddenError, NotFoundError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import type { Page } from '../../src/core/page.ts';
import type { DenialFilter } from '../../src/denials/denial-filter.ts';
import { type Denial, listDenials } from '../../src/denials/list-denials.ts';
import { KEPT_MS, pruneDenials } from '../../src/denials/prune-denials.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { emptyBatch, noteDenial } from '../../src/usage/batch.ts';
import { usageStore } from '../../src/usage/store.ts';
import { DENIAL_LIMITS, writeDenials } from '../../src/usage/write-denials.ts';
import { verifyApiKey } from '../../src/verification-host/verify-api-key.ts';
import { onEachDatabase } from '../support/databases.ts';
import { contextFor, keyCaller, makeOrganization, memberOf, servicesOn } from '../support/services.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const START = Date.UTC(2030, 0, 10, 12);

const refusal = expect.objectContaining({ code: 'BAD_USER_INPUT' });

onEachDatabase('denied verifications', (engine) => {
  const services = servicesOn(engine);

  async function made() {
    services().clock.set(START);
    const { ctx, organization } = await makeOrganization(services());
    const teamIds = [(await createTeam(ctx, { name: 'Payments' })).result.id];
    const a = (await createApiKey(ctx, { name: 'A' })).result;
    const b = (await createApiKey(ctx, { name: 'B', teamIds })).result;
    const deny = async (key: string, at: number, ip: string | null = '192.0.2.1', times = 1) => {
      services().clock.set(at);
      for (let done = 0; done < times; done += 1)
        await verifyApiKey(ctx, { key, permissions: ['nothing.held'], ...(ip !== null && { ip }) });
    };
    const list = (filter: DenialFilter = {}, as = ctx) =>
      nodesOf(listDenials(as, organization.id, filter, {}));
    const bound = contextFor(services(), keyCaller(organization.id, ['api.key.view'], { teamIds }));
    return { ctx, organizationId: organization.id, a, b, deny, list, bound };
  }

  async function nodesOf(page: Promise<Page<Denial>>): Promise<Denial[]> {
    return (await page).edges.map(({ node }) => node);
  }

  /** A batch of denials, as a writer would send it. */
  function batchOf(organizationId: string, keyIds: readonly (string | null)[], at: number, ips: number) {
    const batch = emptyBatch();
    for (let index = 0; index < ips; index += 1) {
      const keyId = keyIds[index % keyIds.length] ?? null;
      const ids = { organizationId, keyId, secretId: keyId && newId('sec') };
      noteDenial(batch, { ...ids, code: 'EXPIRED', at, ip: `10.${at % 250}.${index >> 8}.${index % 256}` });
    }
    return batch;
  }

  test('that name made-up organizations cost no statement each', async () => {
    const { organizationId, list } = await made();
    const batch = emptyBatch();
    for (let index = 0; index < 3_000; index += 1) {
      const madeUp = index === 1_500 ? organizationId : newId('org');
      const ids = { organizationId: madeUp, keyId: null, secretId: null };
      noteDenial(batch, { ...ids, code: 'NOT_FOUND', at: START, ip: '192.0.2.1' });
    }
    let statements = 0;
    const counting: KyselyPlugin = {
      transformQuery({ node }) {
        statements += 1;
        return node;
      },
      transformResult: async ({ result }) => result,
    };
    const write = services().db.withPlugin(counting).transaction();
    await write.execute((tx) => writeDenials(tx, batch.denials));
    expect(statements).toBeLessThan(20);
    expect(await list()).toMatchObject([{ code: 'NOT_FOUND', keyId: null, count: 1 }]);
  });

  test('are grouped by minute, key, code and address, the newest first', async () => {
    const { a, b, deny, list, bound } = await made();
    await deny(a.secret, START + 1_000, '192.0.2.1', 3);
    await deny(a.secret, START + 2_000, '192.0.2.2');
    await deny(b.secret, START + 3_000, null);
    await deny('kw_live_guess', START + 4_000, '192.0.2.1', 2);
    await deny(a.secret, START + MINUTE_MS, '192.0.2.1');
    const [first, unknown] = [a.apiKey.id, null];
    const held = 'INSUFFICIENT_PERMISSIONS';
    expect(await list()).toEqual([
      { occurredAt: START + MINUTE_MS, code: held, keyId: first, ip: '192.0.2.1', count: 1 },
      { occurredAt: START + 4_000, code: 'MALFORMED', keyId: unknown, ip: '192.0.2.1', count: 2 },
      { occurredAt: START + 3_000, code: held, keyId: b.apiKey.id, ip: null, count: 1 },
      { occurredAt: START + 2_000, code: held, keyId: first, ip: '192.0.2.2', count: 1 },
      { occurredAt: START + 1_000, code: held, keyId: first, ip: '192.0.2.1', count: 3 },
    ]);
    // A later batch adds to the same row.
    await deny(a.secret, START + MINUTE_MS + 5, '192.0.2.1');
    expect((await list())[0]).toMatchObject({ occurredAt: START + MINUTE_MS, count: 2 });
    expect((await list({}, bound)).map(({ keyId }) => keyId)).toEqual([b.apiKey.id]);
    expect(await list({ apiKeyId: first }, bound)).toEqual([]);
    expect(await list({ codes: ['MALFORMED'] }, bound)).toEqual([]);
  });

  test('are found by key, code, address and time, alone and together', async () => {
    const { a, b, deny, list } = await made();
    const other = await made();
    await other.deny(other.a.secret, START, '192.0.2.9');
    await deny(a.secret, START, '192.0.2.1');
    await deny(b.secret, START + 1, '192.0.2.2');
    await deny('guess', START + 2, '192.0.2.2');
    await deny(a.secret, START + 3, '2001:db8::1');
    const times = async (filter: DenialFilter) => (await list(filter)).map((one) => one.occurredAt - START);
    expect(await times({ apiKeyId: a.apiKey.id })).toEqual([3, 0]);
    expect(await times({ ip: '192.0.2.2' })).toEqual([2, 1]);
    expect(await times({ ip: '2001:DB8:0::1' })).toEqual([3]);
    expect(await times({ codes: ['MALFORMED'] })).toEqual([2]);
    expect(await times({ codes: ['MALFORMED', 'INSUFFICIENT_PERMISSIONS', 'MALFORMED'] })).toEqual([
      3, 2, 1, 0,
    ]);
    expect(await times({ codes: [] })).toEqual([]);
    expect(await times({ from: START + 1, to: START + 3 })).toEqual([2, 1]);
    expect(await times({ apiKeyId: a.apiKey.id, ip: '192.0.2.1' })).toEqual([0]);
    expect(await times({ apiKeyId: a.apiKey.id, codes: ['MALFORMED'] })).toEqual([]);
    expect(await times({ ip: '192.0.2.2', codes: ['MALFORMED'], from: START })).toEqual([2]);
    for (const apiKeyId of [other.a.apiKey.id, newId('key'), 'a\0b'])
      expect(await times({ apiKeyId })).toEqual([]);
    await expect(list({ ip: 'localhost' })).rejects.toThrow(refusal);
    await expect(list({ from: 2, to: 1 })).rejects.toThrow(refusal);
  });

  test('are read page by page in both directions, with any filter', async () => {
    const { ctx, organizationId, a, deny } = await made();
    for (let index = 0; index < 7; index += 1)
      await deny(index % 2 ? a.secret : 'guess', START + index * 7, `192.0.2.${index}`);
    for (const filter of [{}, { codes: ['MALFORMED', 'INSUFFICIENT_PERMISSIONS'] }, { from: START }]) {
      const all = await nodesOf(listDenials(ctx, organizationId, filter, {}));
      expect(all).toHaveLength(7);
      for (const [size, from, order] of [
        ['first', 'after', 1],
        ['last', 'before', -1],
      ] as const) {
        const seen: Denial[] = [];
        for (let cursor: string | undefined; ; ) {
          const page = await listDenials(ctx, organizationId, filter, { [size]: 2, [from]: cursor });
          const nodes = page.edges.map(({ node }) => node);
          seen.push(...(order === 1 ? nodes : nodes.reverse()));
          cursor = page.edges.at(order === 1 ? -1 : 0)?.cursor;
          if (!(await (order === 1 ? page.hasNextPage() : page.hasPreviousPage()))) break;
        }
        expect(order === 1 ? seen : seen.reverse()).toEqual(all);
      }
    }
    for (const after of ['', 'x', Buffer.from('["audit",1,"evt_1"]').toString('base64url')])
      await expect(listDenials(ctx, organizationId, {}, { after })).rejects.toThrow(refusal);
  });

  test('are bounded per organization and minute, whatever is sent by how many writers', async () => {
    const { ctx, organizationId, a, list } = await made();
    const spared = await made();
    const stores = [1, 2, 3].map(() => usageStore(services().unhurried, newId('evt')));
    for (const round of [1, 2])
      await Promise.all(
        stores.map(async (store, writer) => {
          const at = START + writer * 250 + round;
          await store.append(round, batchOf(organizationId, [a.apiKey.id, null], at, 1_000));
        }),
      );
    await usageStore(services().unhurried, newId('evt')).append(
      1,
      batchOf(spared.organizationId, [spared.a.apiKey.id], START, 1),
    );
    const rows = await ctx.db
      .selectFrom('denials')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .execute();
    const of = (subject: string) => rows.filter((row) => row.subject === subject);
    expect(of(a.apiKey.id)).toHaveLength(DENIAL_LIMITS.minute);
    expect(of('')).toHaveLength(DENIAL_LIMITS.minute);
    expect(of('*')).toHaveLength(1);
    expect(rows.reduce((sum, row) => sum + Number(row.count), 0)).toBe(6_000);
    expect((await list({ codes: ['EXPIRED'] })).find((one) => one.count > 1_000)).toMatchObject({
      keyId: null,
      ip: null,
    });
    expect(await spared.list()).toHaveLength(1);
  });

  test('are bounded per day', async () => {
    const { ctx, organizationId } = await made();
    const store = usageStore(services().unhurried, newId('evt'));
    const minutes = DENIAL_LIMITS.day / DENIAL_LIMITS.minute + 5;
    for (let minute = 0; minute < minutes; minute += 1)
      await store.append(minute + 1, batchOf(organizationId, [null], START + minute * MINUTE_MS, 60));
    const rows = await ctx.db
      .selectFrom('denials')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .execute();
    expect(rows.filter(({ subject }) => subject === '')).toHaveLength(DENIAL_LIMITS.day);
    expect(rows.filter(({ subject }) => subject === '*')).toHaveLength(minutes);
    expect(rows.reduce((sum, row) => sum + Number(row.count), 0)).toBe(minutes * 60);
    await store.append(minutes + 1, batchOf(organizationId, [null], START + DAY_MS, 1));
    const next = ctx.db
      .selectFrom('denials')
      .selectAll()
      .where('minute', '=', START + DAY_MS);
    expect(await next.where('organization_id', '=', organizationId).execute()).toMatchObject([
      { subject: '' },
    ]);
  });

  test('count once when a batch is sent again, and not for keys that are gone', async () => {
    const { ctx, organizationId, a, list } = await made();
    const store = usageStore(services().unhurried, newId('evt'));
    const batch = batchOf(organizationId, [a.apiKey.id], START, 2);
    await Promise.all([store.append(1, batch), store.append(1, batch), store.append(1, batch)]);
    expect((await list()).map(({ count }) => count)).toEqual([1, 1]);
    await store.append(2, batchOf(organizationId, [newId('key')], START, 2));
    await store.append(3, batchOf(newId('org'), [null], START, 2));
    expect(await list()).toHaveLength(2);
    await ctx.db.deleteFrom('api_keys').where('id', '=', a.apiKey.id).execute();
    expect(await list()).toEqual([]);
  });

  test('are kept for 30 days', async () => {
    const { a, deny, list } = await made();
    await deny(a.secret, START);
    await deny(a.secret, START + 2 * MINUTE_MS);
    expect(await list()).toHaveLength(2);
    const at = (now: number) => ({
      unhurried: services().unhurried,
      clock: { ...services().clock, now: () => now },
    });
    await pruneDenials(at(START + KEPT_MS));
    expect(await list()).toHaveLength(2);
    await pruneDenials(at(START + KEPT_MS + MINUTE_MS));
    expect((await list()).map(({ occurredAt }) => occurredAt)).toEqual([START + 2 * MINUTE_MS]);
  });

  test('require api.key.view, and are not found in other organizations', async () => {
    const { organizationId, ctx } = await made();
    const verifier = contextFor(services(), memberOf(organizationId, ['api.key.verify']));
    await expect(listDenials(verifier, organizationId, {}, {})).rejects.toThrow(
      new ForbiddenError('api.key.view'),
    );
    const other = await made();
    for (const id of [other.organizationId, newId('org'), 'a\0b'])
      await expect(listDenials(ctx, id, {}, {})).rejects.toThrow(new NotFoundError(id, 'organization'));
  });
});
