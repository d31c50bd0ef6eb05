import { describe, expect, test } from 'vitest';
import { operatorPrincipal, type Principal, userPrincipal } from '../../src/access/principal.ts';
import {
  ConflictError,
  EscalationError,
  ForbiddenError,
  LimitExceededError,
  NotFoundError,
} from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { type ApiKey, loadApiKeys } from '../../src/keys/api-key.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { countKeys } from '../../src/keys/lists/key-counts.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { updateApiKeys } from '../../src/keys/update-api-keys.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { verifyApiKey } from '../../src/verification-host/verify-api-key.ts';
import { auditOf } from '../support/audit.ts';
import { onEachDatabase } from '../support/databases.ts';
import { issuesOf } from '../support/refusals.ts';
import { contextFor, keyCaller, makeOrganization, memberOf, servicesOn } from '../support/services.ts';

onEachDatabase('enabling and disabling several keys', (engine) => {
  const services = servicesOn(engine);

  async function made(count: number, given: Partial<Parameters<typeof createApiKey>[1]> = {}) {
    const organization = await makeOrganization(services());
    const keys = [];
    for (let index = 0; index < count; index += 1)
      keys.push((await createApiKey(organization.ctx, { name: `Key ${index}`, ...given })).result);
    const ids = keys.map((key) => key.apiKey.id);
    const organizationId = organization.organization.id;
    const enabled = async () =>
      (await loadApiKeys(organization.ctx, ids)).filter((key) => key.enabled).map(({ id }) => id);
    const updates = async () =>
      (await auditOf(organization.ctx)).filter(({ action }) => action === 'api_key.updated');
    const as = (principal: Principal) => contextFor(services(), principal);
    const limit = (max: number) =>
      organization.ctx.db
        .updateTable('organizations')
        .set({ max_active_api_keys: max })
        .where('id', '=', organizationId)
        .execute();
    return { ...organization, organizationId, keys, ids, enabled, updates, as, limit };
  }

  const sorted = (keys: readonly ApiKey[]) => [...keys].sort((a, b) => (a.id < b.id ? -1 : 1));

  test('changes them all, in the order of their ids, each once, and back', async () => {
    const { ctx, ids, keys, enabled, updates, organizationId } = await made(3);
    const [one = '', two = '', three = ''] = ids;
    services().clock.advance(5);
    const { result, propagation } = await updateApiKeys(ctx, {
      ids: [three, one, three, two, one],
      enabled: false,
    });
    expect(result.map((key) => key.id)).toEqual([three, one, two]);
    expect(sorted(result)).toEqual(sorted(await loadApiKeys(ctx, ids)));
    expect(result[0]).toMatchObject({ enabled: false, updatedAt: services().clock.now() });
    expect(propagation).toMatchObject({ confirmedNodes: 1, totalNodes: 1 });
    expect(await enabled()).toEqual([]);
    for (const { secret } of keys) expect((await verifyApiKey(ctx, { key: secret })).code).toBe('DISABLED');
    const log = await updates();
    expect(log.map((entry) => [entry.target_id, entry.changes])).toEqual(
      [three, one, two].map((id) => [id, { enabled: [true, false] }]),
    );
    const counted = async () =>
      (await countKeys(ctx.db, [organizationId], services().clock.now())).get(organizationId);
    expect(await counted()).toMatchObject({ active: 0, disabled: 3 });
    await updateApiKeys(ctx, { ids, enabled: true });
    expect(await counted()).toMatchObject({ active: 3, disabled: 0 });
    for (const { secret } of keys) expect((await verifyApiKey(ctx, { key: secret })).code).toBe('VALID');
  });

  test('leaves those that are so already untouched, and announces the rest together', async () => {
    const { ctx, ids, updates } = await made(3);
    const [first = '', second = '', third = ''] = ids;
    const { result: before } = await updateApiKey(ctx, { id: second, enabled: false });
    services().clock.advance(60_000);
    const { result } = await updateApiKeys(ctx, { ids, enabled: false });
    expect(result[1]).toEqual(before);
    expect((await updates()).map((entry) => entry.target_id)).toEqual([second, first, third]);
    const log = await auditOf(ctx);
    const events = services().events.length;
    services().clock.advance(60_000);
    expect((await updateApiKeys(ctx, { ids, enabled: false })).result).toEqual(result);
    expect(await auditOf(ctx)).toEqual(log);
    expect(services().events).toHaveLength(events);
  });

  test('that was answered to nobody is announced again when it is repeated, as one update is', async () => {
    const { ctx, ids } = await made(2);
    await updateApiKeys(ctx, { ids, enabled: false });
    const heard: string[] = [];
    const stop = services().bus.onInvalidate(({ keyIds }) => void heard.push(...(keyIds ?? [])));
    await updateApiKeys(ctx, { ids, enabled: false });
    await updateApiKey(ctx, { id: ids[0] ?? '', enabled: false });
    stop();
    // Once or twice: PostgreSQL's bus hears its own message as well.
    expect(new Set(heard.slice(0, 2))).toEqual(new Set(ids));
    expect(heard.filter((id) => id === ids[0]).length).toBeGreaterThan(1);
  });

  test('takes as many statements for 30 keys as for 3', async () => {
    const statements = async (count: number) => {
      const { ctx, ids } = await made(count);
      const before = services().statements.length;
      await updateApiKeys(ctx, { ids, enabled: false });
      return services().statements.length - before;
    };
    expect(await statements(30)).toBe(await statements(3));
  });

  test('of several organizations is for who may update them in each', async () => {
    const [one, other] = [await made(2), await made(2)];
    const ids = [...one.ids, ...other.ids];
    const both = (permissions: readonly string[]) =>
      userPrincipal(
        newId('user'),
        newId('ses'),
        new Map([
          [one.organizationId, ['*']],
          [other.organizationId, permissions],
        ]),
      );
    const viewer = updateApiKeys(one.as(both(['api.key.view'])), { ids, enabled: false });
    await expect(viewer).rejects.toThrow(new ForbiddenError('api.key.update'));
    expect((await one.enabled()).length).toBe(2);
    await updateApiKeys(one.as(both(['api.key.update'])), { ids, enabled: false });
    expect([await one.enabled(), await other.enabled()]).toEqual([[], []]);
    await updateApiKeys(one.as(operatorPrincipal(newId('op'), 'billing')), { ids, enabled: true });
    expect((await other.updates()).at(-1)?.actor).toBe('operator:billing');
  });

  test('in two orders at once does not wait for ever', async () => {
    const [one, other] = [await made(2), await made(2)];
    const operator = one.as(operatorPrincipal(newId('op'), 'billing'));
    await Promise.all([
      updateApiKeys(operator, { ids: [...one.ids, ...other.ids], enabled: false }),
      updateApiKeys(operator, { ids: [...other.ids, ...one.ids], enabled: false }),
    ]);
    for (const { updates } of [one, other]) expect(await updates()).toHaveLength(2);
  });

  describe('is refused as a whole', () => {
    test('where one is foreign or unknown', async () => {
      const { ctx, ids, enabled } = await made(3);
      const foreign = await made(1);
      for (const id of [...foreign.ids, newId('key'), newId('org'), 'a\0b', ''])
        await expect(updateApiKeys(ctx, { ids: [...ids, id], enabled: false })).rejects.toThrow(
          new NotFoundError(id, 'API key'),
        );
      expect((await enabled()).length).toBe(3);
      expect((await foreign.enabled()).length).toBe(1);
    });

    test('where one is revoked, which the message names', async () => {
      const { ctx, ids, enabled } = await made(3);
      await revokeApiKey(ctx, { id: ids[1] ?? '' });
      for (const value of [true, false]) {
        const update = updateApiKeys(ctx, { ids, enabled: value });
        await expect(update).rejects.toBeInstanceOf(ConflictError);
        await expect(update).rejects.toMatchObject({
          reason: 'REVOKED',
          message: `A revoked API key can't be updated: ${ids[1]}`,
        });
      }
      expect((await enabled()).length).toBe(3);
    });

    test('for none, and for 501', async () => {
      const { ctx, ids, enabled } = await made(1);
      expect(await issuesOf(updateApiKeys(ctx, { ids: [], enabled: false }))).toMatchObject([
        { path: ['input', 'ids'] },
      ]);
      const many = [...ids, ...Array.from({ length: 500 }, () => newId('key'))];
      expect(await issuesOf(updateApiKeys(ctx, { ids: many, enabled: false }))).toMatchObject([
        { path: ['input', 'ids'] },
      ]);
      expect((await enabled()).length).toBe(1);
      await updateApiKeys(ctx, { ids: Array(500).fill(ids[0]), enabled: false });
    });

    test('for who lacks api.key.update, or a permission of any of the keys', async () => {
      const { ids, enabled, as, ctx, organizationId } = await made(2, { grants: ['a'] });
      const { apiKey } = (await createApiKey(ctx, { name: 'Strong', grants: ['b', 'c'] })).result;
      const all = [...ids, apiKey.id];
      const caller = (permissions: readonly string[]) => as(memberOf(organizationId, permissions));
      const viewer = caller(['api.key.view', 'api.key.delete', 'a', 'b', 'c']);
      await expect(updateApiKeys(viewer, { ids: all, enabled: false })).rejects.toThrow(
        new ForbiddenError('api.key.update'),
      );
      const weak = updateApiKeys(caller(['api.key.update', 'a']), { ids: all, enabled: false });
      await expect(weak).rejects.toBeInstanceOf(EscalationError);
      await expect(weak).rejects.toMatchObject({ permissions: ['b', 'c'] });
      expect((await enabled()).length).toBe(2);
      await updateApiKeys(caller(['api.key.update', 'a']), { ids, enabled: false });
    });

    test('for the calling key itself, and for keys that are less restricted, with all that they exceed', async () => {
      const { ids, enabled, as, ctx, organizationId } = await made(1);
      const rateLimit = { limit: 1, windowSeconds: 60 };
      const test = (await createApiKey(ctx, { name: 'Test', environment: 'test', rateLimit })).result;
      const self = keyCaller(organizationId, ['*'], { keyId: ids[0] ?? '' });
      const change = (caller: Principal, keyIds: string[]) =>
        updateApiKeys(as(caller), { ids: keyIds, enabled: false });
      await expect(change(self, ids)).rejects.toMatchObject({ restrictions: ['SELF'] });
      const limited = keyCaller(organizationId, ['*'], { rateLimit });
      await expect(change(limited, [...ids, test.apiKey.id])).rejects.toMatchObject({
        restrictions: ['RATE_LIMIT', 'ENVIRONMENT'],
      });
      expect((await enabled()).length).toBe(1);
    });

    test('for a key bound to teams where one is bound to others as well; others are as unknown', async () => {
      const { ids: free, enabled, as, ctx, organizationId } = await made(1);
      const [own, other] = [
        (await createTeam(ctx, { name: 'Own' })).result.id,
        (await createTeam(ctx, { name: 'Other' })).result.id,
      ];
      const key = async (teamIds: string[]) =>
        (await createApiKey(ctx, { name: 'Bound', teamIds })).result.apiKey.id;
      const [inside, shared, outside] = [await key([own]), await key([own, other]), await key([other])];
      const bound = as(keyCaller(organizationId, ['*'], { teamIds: [own] }));
      const change = (ids: string[]) => updateApiKeys(bound, { ids, enabled: false });
      for (const id of [...free, outside])
        await expect(change([inside, id])).rejects.toThrow(new NotFoundError(id, 'API key'));
      await expect(change([inside, shared])).rejects.toMatchObject({ restrictions: ['TEAMS'] });
      expect((await enabled()).length).toBe(1);
      expect((await change([inside])).result).toMatchObject([{ id: inside, enabled: false }]);
    });

    test('where more would be active than the organization can have, and counts no others', async () => {
      const { ctx, ids, enabled, limit, as, organizationId } = await made(4);
      const [first = '', second = '', third = '', fourth = ''] = ids;
      await updateApiKeys(ctx, { ids: [first, second, third], enabled: false });
      await limit(3);
      const enable = (keyIds: string[], caller = ctx) =>
        updateApiKeys(caller, { ids: keyIds, enabled: true });
      const exceeded = enable(ids);
      await expect(exceeded).rejects.toBeInstanceOf(LimitExceededError);
      await expect(exceeded).rejects.toMatchObject({
        limit: 3,
        current: 1,
        message: 'The organization has 1 active API keys and its limit is 3: 3 more would exceed it',
      });
      expect(await enabled()).toEqual([fourth]);
      // One that is active already, and one that has expired, don't count.
      await updateApiKey(ctx, { id: third, expiresAt: services().clock.now() + 1 });
      services().clock.advance(1);
      await enable(ids);
      expect((await enabled()).length).toBe(4);

      const team = (await createTeam(ctx, { name: 'Team' })).result.id;
      await updateApiKeys(ctx, { ids: [first, second], enabled: false });
      for (const id of [first, second]) await updateApiKey(ctx, { id, teamIds: [team] });
      await limit(2);
      const bound = as(keyCaller(organizationId, ['*'], { teamIds: [team] }));
      await expect(enable([first, second], bound)).rejects.toMatchObject({
        limit: 2,
        current: 2,
        message: '2 more active API keys would exceed the limit of the organization',
      });
    });

    test('beyond the limit, however many are enabled and created at once', async () => {
      const { ctx, ids, enabled, limit, organizationId } = await made(12);
      await updateApiKeys(ctx, { ids, enabled: false });
      await limit(5);
      const attempts = [0, 3, 6, 9].flatMap((at): Promise<unknown>[] => [
        updateApiKeys(ctx, { ids: ids.slice(at, at + 3), enabled: true }),
        createApiKey(ctx, { name: 'Another' }),
      ]);
      const outcomes = await Promise.allSettled(attempts);
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(LimitExceededError);
      expect((await enabled()).length % 3).toBe(0);
      const counts = await countKeys(ctx.db, [organizationId], services().clock.now());
      expect(counts.get(organizationId)?.active).toBeLessThanOrEqual(5);
      expect(counts.get(organizationId)?.active).toBeGreaterThanOrEqual(3);
    });
  });
});
