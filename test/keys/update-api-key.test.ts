import { type KyselyPlugin, UpdateQueryNode } from 'kysely';
import { describe, expect, test } from 'vitest';
import {
  ConflictError,
  EscalationError,
  ForbiddenError,
  LimitExceededError,
  NotFoundError,
} from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { loadTeamsOfKeys, statusOf } from '../../src/keys/api-key.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { listApiKeys } from '../../src/keys/lists/list-api-keys.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { type UpdateApiKeyInput, updateApiKey } from '../../src/keys/update-api-key.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { auditOf } from '../support/audit.ts';
import { onEachDatabase } from '../support/databases.ts';
import { issuesOf } from '../support/refusals.ts';
import { contextFor, makeOrganization, memberOf, roleNamed, servicesOn } from '../support/services.ts';

onEachDatabase('updating a key', (engine) => {
  const services = servicesOn(engine);

  async function made(given: Partial<Parameters<typeof createApiKey>[1]> = {}) {
    const organization = await makeOrganization(services());
    const { apiKey, secret } = (await createApiKey(organization.ctx, { name: 'Before', ...given })).result;
    return { ...organization, id: apiKey.id, apiKey, secret };
  }

  test('changes what is said, and leaves what is left out', async () => {
    const { ctx, id, apiKey } = await made({ description: 'stays', grants: ['a'], metadata: { a: 1 } });
    services().clock.advance(5);
    const { result } = await updateApiKey(ctx, { id, name: ' After ', enabled: false });
    expect(result).toEqual({ ...apiKey, name: 'After', enabled: false, updatedAt: services().clock.now() });
    expect(statusOf(result, services().clock.now())).toBe('DISABLED');
  });

  test('changes everything that can be said', async () => {
    const { ctx, id, organization } = await made();
    const role = await roleNamed(ctx, organization.id, 'admin');
    const team = (await createTeam(ctx, { name: 'Team' })).result;
    const policy = {
      name: 'After',
      description: 'more',
      enabled: false,
      roleId: role.id,
      grants: ['a', 'b'],
      ipAllowlist: ['10.0.0.0/8'],
      rateLimit: { limit: 5, windowSeconds: 60 },
      externalId: 'x',
      metadata: { a: [1] },
      expiresAt: services().clock.now() + 1000,
    };
    const { result } = await updateApiKey(ctx, { id, ...policy, teamIds: [team.id] });
    expect(result).toMatchObject(policy);
    expect((await loadTeamsOfKeys(ctx, [id])).get(id)).toEqual([team]);
  });

  test('clears with null', async () => {
    const { ctx, id } = await made({
      description: 'd',
      grants: ['a'],
      ipAllowlist: ['::1'],
      rateLimit: { limit: 1, windowSeconds: 1 },
      externalId: 'x',
      metadata: { a: 1 },
      expiresAt: services().clock.now() + 1000,
    });
    const cleared = {
      description: null,
      roleId: null,
      grants: null,
      teamIds: null,
      ipAllowlist: null,
      rateLimit: null,
      externalId: null,
      metadata: null,
      expiresAt: null,
    };
    const { result } = await updateApiKey(ctx, { id, ...cleared });
    expect(result).toMatchObject({
      description: null,
      grants: [],
      ipAllowlist: [],
      rateLimit: null,
      externalId: null,
      metadata: {},
      expiresAt: null,
    });
  });

  test('records only what changed, before and after', async () => {
    const { ctx, id, organization } = await made({ grants: ['a', 'b'], metadata: { a: 1, b: 2 } });
    const expiresAt = Date.UTC(2100, 0, 1);
    const given = { name: 'After', grants: ['b', 'a'], metadata: { b: 2, a: 1 }, expiresAt };
    await updateApiKey(ctx, { id, ...given });
    const entry = (await auditOf(ctx, id)).at(-1);
    expect(entry).toMatchObject({
      organization_id: organization.id,
      action: 'api_key.updated',
      actor: ctx.principal?.actor,
    });
    expect(entry?.changes).toEqual({
      name: ['Before', 'After'],
      expiresAt: [null, '2100-01-01T00:00:00.000Z'],
    });
  });

  test('leaves no trace where nothing changes', async () => {
    const { ctx, id, apiKey } = await made({ grants: ['a', 'b'] });
    services().clock.advance(5);
    const { result } = await updateApiKey(ctx, { id, name: 'Before', grants: ['b', 'a'], enabled: true });
    expect(result).toEqual(apiKey);
    expect(await auditOf(ctx, id)).toHaveLength(1);
  });

  test('makes the key found by its new name, and no longer by its old one', async () => {
    const { ctx, id, organization } = await made();
    await updateApiKey(ctx, { id, name: 'After' });
    const found = async (search: string) =>
      (await listApiKeys(ctx, organization.id, { filter: { search } }, {})).edges.length;
    expect(await found('AFTER')).toBe(1);
    expect(await found('before')).toBe(0);
  });

  describe('is refused', () => {
    test.each<[string, Omit<UpdateApiKeyInput, 'id'>, string[]]>([
      ['null as a name', { name: null }, ['name']],
      ['an empty name', { name: ' ' }, ['name']],
      ['null as enabled', { enabled: null }, ['enabled']],
      ['a time in the past', { expiresAt: 1 }, ['expiresAt']],
      [
        'several faults',
        { name: '', ipAllowlist: ['10.0.0.1/8', 'x'], grants: ['?'] },
        ['name', 'grants.0', 'ipAllowlist.0', 'ipAllowlist.1'],
      ],
    ])('with the path of each fault: %s', async (_what, given, paths) => {
      const { ctx, id, apiKey } = await made();
      const issues = await issuesOf(updateApiKey(ctx, { id, ...given }));
      expect(issues.map((issue) => issue.path.join('.'))).toEqual(paths.map((path) => `input.${path}`));
      expect((await updateApiKey(ctx, { id })).result).toEqual(apiKey);
    });

    test('for a key of another organization as for none', async () => {
      const { ctx } = await made();
      const foreign = await made();
      for (const id of [foreign.id, newId('key'), newId('sec'), '', 'a\0b'])
        await expect(updateApiKey(ctx, { id, name: 'x' })).rejects.toThrow(new NotFoundError(id, 'API key'));
    });

    test('for roles and teams of another organization as for none', async () => {
      const { ctx, id } = await made();
      const other = await makeOrganization(services());
      const roleId = (await roleNamed(other.ctx, other.organization.id, 'member')).id;
      const teamId = (await createTeam(other.ctx, { name: 'Theirs' })).result.id;
      await expect(updateApiKey(ctx, { id, roleId })).rejects.toThrow(new NotFoundError(roleId, 'role'));
      await expect(updateApiKey(ctx, { id, teamIds: [teamId] })).rejects.toThrow(
        new NotFoundError(teamId, 'team'),
      );
    });

    test('for a revoked key', async () => {
      const { ctx, id } = await made();
      await revokeApiKey(ctx, { id });
      await expect(updateApiKey(ctx, { id, name: 'x' })).rejects.toThrow(ConflictError);
    });

    test('for who lacks api.key.update', async () => {
      const { id, organization } = await made();
      const ctx = contextFor(services(), memberOf(organization.id, ['api.key.view', 'api.key.create']));
      await expect(updateApiKey(ctx, { id, name: 'x' })).rejects.toThrow(
        new ForbiddenError('api.key.update'),
      );
    });

    test('for who lacks a permission of the key, as it was or as it becomes', async () => {
      const { id, organization, ctx } = await made({ grants: ['a', 'secret.read'] });
      const some = contextFor(services(), memberOf(organization.id, ['api.key.update', 'a']));
      await expect(updateApiKey(some, { id, name: 'x' })).rejects.toThrow(
        new EscalationError(['secret.read']),
      );
      await expect(updateApiKey(some, { id, grants: ['a'] })).rejects.toThrow(EscalationError);
      await updateApiKey(ctx, { id, grants: ['a'] });
      await expect(updateApiKey(some, { id, grants: ['a', 'b'] })).rejects.toThrow(
        new EscalationError(['b']),
      );
      const role = await roleNamed(ctx, organization.id, 'owner');
      await expect(updateApiKey(some, { id, roleId: role.id })).rejects.toThrow(new EscalationError(['*']));
      expect((await updateApiKey(some, { id, name: 'x' })).result.name).toBe('x');
    });

    test('where the key would become active beyond the limit', async () => {
      const { ctx, organization, id } = await made();
      const expiresAt = services().clock.now() + 10;
      const short = (await createApiKey(ctx, { name: 'Short', expiresAt })).result.apiKey;
      await updateApiKey(ctx, { id, enabled: false });
      services().clock.advance(10);
      await ctx.db
        .updateTable('organizations')
        .set({ max_active_api_keys: 1 })
        .where('id', '=', organization.id)
        .execute();
      await createApiKey(ctx, { name: 'The one' });
      const limit = new LimitExceededError('The organization has 1 active API keys and its limit is 1', 1, 1);
      await expect(updateApiKey(ctx, { id, enabled: true })).rejects.toThrow(limit);
      await expect(updateApiKey(ctx, { id: short.id, expiresAt: null })).rejects.toThrow(limit);
      // What doesn't make it active is free.
      await updateApiKey(ctx, { id, name: 'x' });
      await updateApiKey(ctx, { id: short.id, expiresAt: null, enabled: false });
    });

    test('beyond the limit, however many are made, enabled and extended at once', async () => {
      const { ctx, organization, id: first } = await made();
      const create = async (expiresAt: number | null) =>
        (await createApiKey(ctx, { name: 'Another', expiresAt })).result.apiKey.id;
      const soon = services().clock.now() + 10;
      const ended = await Promise.all(Array.from({ length: 6 }, () => create(soon)));
      const disabled = await Promise.all(Array.from({ length: 6 }, () => create(null)));
      for (const id of disabled) await updateApiKey(ctx, { id, enabled: false });
      services().clock.advance(10);
      const limited = { max_active_api_keys: 4 };
      await ctx.db.updateTable('organizations').set(limited).where('id', '=', organization.id).execute();
      const tries = await Promise.allSettled([
        ...Array.from({ length: 6 }, () => create(null)),
        ...disabled.map((id) => updateApiKey(ctx, { id, enabled: true })),
        ...ended.map((id) => updateApiKey(ctx, { id, expiresAt: null })),
      ]);
      expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
      for (const one of tries)
        if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(LimitExceededError);
      const active = await listApiKeys(ctx, organization.id, { filter: { status: ['ACTIVE'] } }, {});
      expect(await active.totalCount()).toBe(4);
      expect(active.edges.map(({ node }) => node.id)).toContain(first);
    });

    test('where it would, because the key has expired while others changed the organization', async () => {
      const { ctx, organization } = await made();
      const { clock } = services();
      const short = (await createApiKey(ctx, { name: 'Short', expiresAt: clock.now() + 10 })).result.apiKey;
      await ctx.db
        .updateTable('organizations')
        .set({ max_active_api_keys: 1 })
        .where('id', '=', organization.id)
        .execute();
      const db = services().db.withPlugin(onceBeforeLock(() => clock.advance(10)));
      await expect(updateApiKey({ ...ctx, db }, { id: short.id, expiresAt: null })).rejects.toThrow(
        new LimitExceededError('The organization has 1 active API keys and its limit is 1', 1, 1),
      );
    });
  });
});

/** Does something at the moment at which a change asks for the lock of its organization, before it has it. */
function onceBeforeLock(work: () => void): KyselyPlugin {
  let done = false;
  return {
    transformQuery: ({ node }) => {
      if (!done && UpdateQueryNode.is(node)) {
        done = true;
        work();
      }
      return node;
    },
    transformResult: async ({ result }) => result,
  };
}
