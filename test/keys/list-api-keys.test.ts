import { describe, expect, test } from 'vitest';
import type { GraphQLContext } from '../../schema/context.ts';
import { operatorPrincipal } from '../../src/access/principal.ts';
import { AppError, ForbiddenError, NotFoundError, UnauthenticatedError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { findApiKey } from '../../src/keys/find-api-key.ts';
import type { ApiKeyFilter } from '../../src/keys/lists/api-key-filter.ts';
import { type ApiKeyOrder, listApiKeys } from '../../src/keys/lists/list-api-keys.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { verifyApiKey } from '../../src/verification-host/verify-api-key.ts';
import { onEachDatabase } from '../support/databases.ts';
import { contextFor, makeOrganization, memberOf, roleNamed, servicesOn } from '../support/services.ts';

const DAY_MS = 86_400_000;

onEachDatabase('listing keys', (engine) => {
  const services = servicesOn(engine);

  async function made() {
    const organization = await makeOrganization(services());
    const { ctx } = organization;
    const organizationId = organization.organization.id;
    const create = async (name: string, given: Partial<Parameters<typeof createApiKey>[1]> = {}) => {
      services().clock.advance(1);
      return (await createApiKey(ctx, { ...given, name })).result;
    };
    const names = async (filter: ApiKeyFilter | null = null, orderBy: ApiKeyOrder | null = null) => {
      const page = await listApiKeys(ctx, organizationId, { filter, orderBy }, {});
      expect(await page.totalCount()).toBe(page.edges.length);
      return page.edges.map((edge) => edge.node.name);
    };
    return { ...organization, organizationId, create, names };
  }

  test('shows all of the organization but the revoked ones, the newest first', async () => {
    const { create, names, ctx } = await made();
    const other = await made();
    await other.create('Theirs');
    await create('Old');
    await create('Disabled').then(({ apiKey }) => updateApiKey(ctx, { id: apiKey.id, enabled: false }));
    await create('Revoked').then(({ apiKey }) => revokeApiKey(ctx, { id: apiKey.id }));
    await create('Expired', { expiresAt: services().clock.now() + 2 });
    await create('New');
    services().clock.advance(10);
    expect(await names()).toEqual(['New', 'Expired', 'Disabled', 'Old']);
  });

  test('shows keys as they are, never a hash', async () => {
    const { create, ctx, organizationId } = await made();
    const { apiKey } = await create('A', { metadata: { a: 1 }, rateLimit: { limit: 1, windowSeconds: 2 } });
    services().statements.length = 0;
    const { edges } = await listApiKeys(ctx, organizationId, {}, {});
    expect(edges.map((edge) => edge.node)).toEqual([apiKey]);
    expect(services().statements.join()).not.toContain('hash');
  });

  describe('with a filter', () => {
    test('shows the statuses asked for', async () => {
      const { create, names, ctx } = await made();
      await create('Active');
      const disabled = await create('Disabled', { expiresAt: services().clock.now() + 5 });
      await updateApiKey(ctx, { id: disabled.apiKey.id, enabled: false });
      await create('Expired', { expiresAt: services().clock.now() + 5 });
      const revoked = await create('Revoked');
      await updateApiKey(ctx, { id: revoked.apiKey.id, enabled: false });
      await revokeApiKey(ctx, { id: revoked.apiKey.id });
      services().clock.advance(10);
      expect(await names({ status: ['ACTIVE'] })).toEqual(['Active']);
      expect(await names({ status: ['DISABLED'] })).toEqual(['Disabled']);
      expect(await names({ status: ['EXPIRED'] })).toEqual(['Expired']);
      expect(await names({ status: ['REVOKED'] })).toEqual(['Revoked']);
      expect(await names({ status: ['REVOKED', 'ACTIVE'] })).toEqual(['Revoked', 'Active']);
      expect(await names({ status: [] })).toEqual([]);
      expect(await names({ status: Array.from({ length: 50_000 }, () => 'ACTIVE' as const) })).toEqual([
        'Active',
      ]);
    });

    test('shows the environment, role, team, external id and creator asked for', async () => {
      const { create, names, ctx, organizationId } = await made();
      const role = await roleNamed(ctx, organizationId, 'member');
      const team = (await createTeam(ctx, { name: 'Team' })).result;
      await create('Test', { environment: 'test' });
      await create('Role', { roleId: role.id });
      await create('Team', { teamIds: [team.id] });
      await create('External', { externalId: 'cafe\u0301' });
      const operator = contextFor(services(), operatorPrincipal(newId('op'), 'billing'));
      await createApiKey(operator, { name: 'Operator', organizationId });
      expect(await names({ environment: 'test' })).toEqual(['Test']);
      expect(await names({ roleId: role.id })).toEqual(['Role']);
      expect(await names({ teamId: team.id })).toEqual(['Team']);
      expect(await names({ externalId: 'caf\u00e9' })).toEqual(['External']);
      expect(await names({ createdById: 'operator:billing' })).toEqual(['Operator']);
      expect(await names({ createdById: ctx.principal?.actor ?? '' })).toHaveLength(4);
      expect(await names({ roleId: role.id, environment: 'test' })).toEqual([]);
      const page = await listApiKeys(ctx, organizationId, { boundToTeam: team.id }, {});
      expect(page.edges.map((edge) => edge.node.name)).toEqual(['Team']);
    });

    test('shows none for ids that are none, and nothing strange happens', async () => {
      const { create, names, ctx, organizationId } = await made();
      await create('A');
      for (const id of [newId('role'), newId('team'), newId('user'), '', "' or 1=1 --"]) {
        expect(await names({ roleId: id })).toEqual([]);
        expect(await names({ teamId: id })).toEqual([]);
        expect(await names({ createdById: id })).toEqual([]);
        expect(await names({ externalId: id })).toEqual([]);
      }
      expect(await names({ roleId: 'a\0b' })).toEqual([]);
      const options = [{ externalId: 'a\0b' }, { createdById: 'a\0b' }, { search: 'a\0b' }];
      for (const filter of [...options, { search: 'a'.repeat(201) }, { search: 'a\ud83dz' }])
        await expect(listApiKeys(ctx, organizationId, { filter }, {})).rejects.toThrow(
          expect.objectContaining({ name: AppError.name, code: 'BAD_USER_INPUT' }),
        );
    });

    test('searches name, description, start and id, upper and lower case alike', async () => {
      const { create, names } = await made();
      const { apiKey } = await create('Terraform CI', { description: 'Für die\nBÜHNE' });
      await create('Other');
      const found = [
        'terraform',
        'RAFORM c',
        'bühne',
        'BU\u0308HNE',
        apiKey.start,
        apiKey.start.toUpperCase(),
      ];
      for (const search of [...found, apiKey.id, apiKey.id.slice(8)])
        expect(await names({ search })).toEqual(['Terraform CI']);
      for (const search of ['kw_live', '', ' ']) expect(await names({ search })).toHaveLength(2);
      // Parts of two fields are no part of one.
      expect(await names({ search: 'cifür' })).toEqual([]);
    });

    test('takes the engines’ wildcards for themselves', async () => {
      const { create, names } = await made();
      for (const name of ['100%', '100 percent', 'a_b', 'axb', 'c\\d', "it's"]) await create(name);
      expect(await names({ search: '100%' })).toEqual(['100%']);
      expect(await names({ search: 'a_b' })).toEqual(['a_b']);
      expect(await names({ search: '\\' })).toEqual(['c\\d']);
      expect(await names({ search: "t's" })).toEqual(["it's"]);
      expect(await names({ search: '%' })).toEqual(['100%']);
    });

    test('shows what was not used since a time, also where the use is not written yet', async () => {
      const { create, names, ctx } = await made();
      const used = await create('Used');
      await create('Never');
      services().clock.advance(DAY_MS);
      const since = services().clock.now();
      await create('Young');
      expect(await names({ unusedSince: since })).toEqual(['Never', 'Used']);
      await verifyApiKey(ctx, { key: used.secret });
      expect(await names({ unusedSince: since })).toEqual(['Never']);
      services().clock.advance(10);
      expect(await names({ unusedSince: services().clock.now() })).toEqual(['Young', 'Never', 'Used']);
    });

    test('shows what expires before a time', async () => {
      const { create, names } = await made();
      const time = services().clock.now() + DAY_MS;
      await create('Before', { expiresAt: time - 1 });
      await create('Then', { expiresAt: time });
      await create('Never');
      expect(await names({ expiresBefore: time })).toEqual(['Before']);
      expect(await names({ expiresBefore: Number.MAX_SAFE_INTEGER })).toEqual(['Then', 'Before']);
    });

    test('shows what is due for rotation before a time, by the policy of its environment', async () => {
      const { create, names, ctx, organizationId } = await made();
      await create('Live');
      await create('Test', { environment: 'test' });
      const now = services().clock.now();
      const dueBefore = (days: number) => names({ rotationDueBefore: now + days * DAY_MS + 1 });
      expect([await dueBefore(89), await dueBefore(90), await dueBefore(180)]).toEqual([
        [],
        ['Live'],
        ['Test', 'Live'],
      ]);
      await ctx.db
        .updateTable('organizations')
        .set({ rotation_live_days: null, rotation_test_days: null })
        .where('id', '=', organizationId)
        .execute();
      expect(await dueBefore(1000)).toEqual([]);
    });
  });

  describe('in an order', () => {
    const by = (field: ApiKeyOrder['field'], direction: ApiKeyOrder['direction'] = 'ASC') => ({
      field,
      direction,
    });

    test('goes by age, name, expiry and last use, both ways', async () => {
      const { create, names, ctx } = await made();
      const now = services().clock.now();
      const first = await create('b', { expiresAt: now + DAY_MS });
      await create('Ä');
      const third = await create('a', { expiresAt: now + 2 * DAY_MS });
      await create('B 🗝');
      await verifyApiKey(ctx, { key: third.secret });
      services().clock.advance(1);
      await verifyApiKey(ctx, { key: first.secret });
      expect(await names(null, by('CREATED_AT'))).toEqual(['b', 'Ä', 'a', 'B 🗝']);
      expect(await names(null, by('CREATED_AT', 'DESC'))).toEqual(['B 🗝', 'a', 'Ä', 'b']);
      expect(await names(null, by('NAME'))).toEqual(['a', 'b', 'B 🗝', 'Ä']);
      expect(await names(null, by('NAME', 'DESC'))).toEqual(['Ä', 'B 🗝', 'b', 'a']);
      expect((await names(null, by('EXPIRES_AT'))).slice(0, 2)).toEqual(['b', 'a']);
      expect((await names(null, by('LAST_USED_AT', 'DESC'))).slice(0, 2)).toEqual(['b', 'a']);
      expect((await names(null, by('LAST_USED_AT'))).slice(2)).toEqual(['a', 'b']);
    });

    test('takes no cursor of another order', async () => {
      const { create, ctx, organizationId } = await made();
      await create('A');
      const { edges } = await listApiKeys(ctx, organizationId, {}, {});
      const after = edges[0]?.cursor ?? '';
      const options = { orderBy: by('NAME') };
      await expect(listApiKeys(ctx, organizationId, options, { after })).rejects.toThrow(
        expect.objectContaining({ code: 'BAD_USER_INPUT' }),
      );
    });
  });

  describe('is refused', () => {
    test('to who lacks api.key.view, to nobody, and for organizations that aren’t theirs', async () => {
      const { organizationId } = await made();
      const list = (ctx: GraphQLContext, id = organizationId) => listApiKeys(ctx, id, {}, {});
      const verifier = contextFor(services(), memberOf(organizationId, ['api.key.verify']));
      await expect(list(verifier)).rejects.toThrow(new ForbiddenError('api.key.view'));
      await expect(list(contextFor(services(), null))).rejects.toThrow(UnauthenticatedError);
      const foreign = contextFor(services(), memberOf(newId('org'), ['*']));
      await expect(list(foreign)).rejects.toThrow(new NotFoundError(organizationId, 'organization'));
      const operator = contextFor(services(), operatorPrincipal(newId('op'), 'billing'));
      for (const id of [newId('org'), newId('key'), 'a\0b'])
        await expect(list(operator, id)).rejects.toThrow(new NotFoundError(id, 'organization'));
    });
  });
});

onEachDatabase('finding a key', (engine) => {
  const services = servicesOn(engine);

  test('shows one of the caller’s organizations, and null for any other', async () => {
    const [own, other] = [await makeOrganization(services()), await makeOrganization(services())];
    const { apiKey } = (await createApiKey(own.ctx, { name: 'A' })).result;
    expect(await findApiKey(own.ctx, apiKey.id)).toEqual(apiKey);
    for (const id of [newId('key'), newId('sec'), '', 'a\0b'])
      expect(await findApiKey(own.ctx, id)).toBeNull();
    expect(await findApiKey(other.ctx, apiKey.id)).toBeNull();
  });

  test('is refused to who lacks api.key.view', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const { apiKey } = (await createApiKey(ctx, { name: 'A' })).result;
    const verifier = contextFor(services(), memberOf(organization.id, ['api.key.verify']));
    await expect(findApiKey(verifier, apiKey.id)).rejects.toThrow(new ForbiddenError('api.key.view'));
  });
});
