import { expect, test } from 'vitest';
import { userPrincipal } from '../../src/access/principal.ts';
import {
  ConflictError,
  EscalationError,
  NotFoundError,
  UnauthenticatedError,
} from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { updateOrganization } from '../../src/organizations/update-organization.ts';
import { createRole } from '../../src/roles/create-role.ts';
import { loadRoles } from '../../src/roles/role.ts';
import { boundKey } from '../organizations/people.ts';
import { auditOf } from '../support/audit.ts';
import { onEachDatabase } from '../support/databases.ts';
import { issuesOf } from '../support/refusals.ts';
import { contextFor, makeOrganization, memberOf, servicesOn } from '../support/services.ts';

onEachDatabase('creating a role', (engine) => {
  const services = servicesOn(engine);

  test('makes it and records it', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const { result: role } = await createRole(ctx, {
      name: '  Prompt reader ',
      description: 'For the renderers',
      permissions: ['read_render', 'api.key.view', 'read_render'],
    });
    expect(role).toEqual({
      id: expect.stringMatching(/^role_/),
      organizationId: organization.id,
      name: 'Prompt reader',
      description: 'For the renderers',
      permissions: ['read_render', 'api.key.view'],
      system: false,
      createdAt: services().clock.now(),
    });
    expect(await loadRoles(ctx.db, [role.id])).toEqual([role]);
    expect((await auditOf(ctx)).at(-1)).toMatchObject({
      action: 'role.created',
      actor: ctx.principal?.actor,
      target_id: role.id,
      changes: {
        name: [null, 'Prompt reader'],
        description: [null, 'For the renderers'],
        permissions: [null, ['read_render', 'api.key.view']],
      },
    });
  });

  test('can make one that holds nothing', async () => {
    const { ctx } = await makeOrganization(services());
    const { result } = await createRole(ctx, { name: 'Nothing', permissions: [] });
    expect(result).toMatchObject({ permissions: [], description: null });
  });

  test('refuses a name that is taken, also by a role that comes with Keywright', async () => {
    const { ctx } = await makeOrganization(services());
    await createRole(ctx, { name: 'Größe', permissions: [] });
    for (const name of ['grÖße', ' Größe', 'Owner', 'ADMIN', 'member'])
      await expect(createRole(ctx, { name, permissions: [] })).rejects.toThrow(ConflictError);
    expect(await auditOf(ctx)).toHaveLength(2);
  });

  test('makes one of many with the same name at once', async () => {
    const { ctx } = await makeOrganization(services());
    const attempts = await Promise.allSettled(
      Array.from({ length: 8 }, () => createRole(ctx, { name: 'Race', permissions: ['a'] })),
    );
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await auditOf(ctx)).map((row) => row.sequence)).toEqual([1, 2]);
  });

  test('finds every fault of the input at once', async () => {
    const { ctx } = await makeOrganization(services());
    const faults = await issuesOf(
      createRole(ctx, { name: '', description: 'a\0b', permissions: ['fine', 'Not fine', 'a.*.b'] }),
    );
    expect(faults.map(({ path }) => path.join('.'))).toEqual([
      'input.name',
      'input.description',
      'input.permissions.1',
      'input.permissions.2',
    ]);
    const many = Array.from({ length: 101 }, (_one, index) => `p${index}`);
    expect(await issuesOf(createRole(ctx, { name: 'Many', permissions: many }))).toEqual([
      { path: ['input', 'permissions'], message: 'must have at most 100 entries' },
    ]);
  });

  test('takes only what the organization’s catalog has, where there is one', async () => {
    const { ctx, organization } = await makeOrganization(services());
    await updateOrganization(ctx, { id: organization.id, permissionCatalog: [{ name: 'prompt.render' }] });
    const [issue, ...others] = await issuesOf(
      createRole(ctx, { name: 'A', permissions: ['prompt.render', 'prompt.write', 'prompt.*'] }),
    );
    expect([issue?.path, others]).toEqual([['input', 'permissions', '1'], []]);
  });

  test.each([
    [['role.manage', 'api.key.view'], ['api.key.view', 'api.key.create'], ['api.key.create']],
    [['role.manage', 'api.key.*'], ['api.key.*', 'api.*'], ['api.*']],
    [['role.manage', 'api.key.*'], ['*'], ['*']],
    [['role.*'], ['role.manage', 'role'], ['role']],
    [['*'], ['*', 'anything.at.all'], []],
  ])('of somebody with %j, with %j, lacks %j', async (held, wanted, lacking) => {
    const { organization } = await makeOrganization(services());
    const ctx = contextFor(services(), memberOf(organization.id, held));
    const made = createRole(ctx, { name: 'A', permissions: wanted });
    if (lacking.length === 0) return expect(made).resolves.toBeDefined();
    await expect(made).rejects.toThrow(EscalationError);
    await expect(made).rejects.toMatchObject({ permissions: lacking });
    expect(await auditOf(ctx)).toHaveLength(1);
  });

  test('is nothing for a key that is bound to teams: roles reach beyond', async () => {
    const { organization } = await makeOrganization(services());
    const ctx = boundKey(services(), organization.id, ['*'], [newId('team')]);
    for (const permissions of [['api.key.view'], []])
      await expect(createRole(ctx, { name: 'A', permissions })).rejects.toMatchObject({
        code: 'FORBIDDEN',
        permission: 'role.manage',
      });
  });

  test('needs role.manage, in that organization', async () => {
    const { organization: one } = await makeOrganization(services(), 'One');
    const { organization: two } = await makeOrganization(services(), 'Two');
    const held = new Map([
      [one.id, ['*']],
      [two.id, ['role.view', 'member.*']],
    ]);
    const ctx = contextFor(services(), userPrincipal(newId('user'), newId('ses'), held));
    const create = (organizationId?: string) =>
      createRole(ctx, { organizationId, name: 'A', permissions: [] });
    await expect(create(two.id)).rejects.toMatchObject({ permission: 'role.manage' });
    await expect(create(one.id)).resolves.toBeDefined();
    expect(await issuesOf(create())).toMatchObject([{ path: ['input', 'organizationId'] }]);
    await expect(createRole(contextFor(services(), null), { name: 'A', permissions: [] })).rejects.toThrow(
      UnauthenticatedError,
    );
  });

  test('knows no other organization', async () => {
    const { ctx } = await makeOrganization(services());
    const { organization: other } = await makeOrganization(services(), 'Other');
    for (const organizationId of [other.id, newId('org'), 'org_\0']) {
      const refused = createRole(ctx, { organizationId, name: 'A', permissions: [] });
      await expect(refused).rejects.toThrow(NotFoundError);
      await expect(refused).rejects.toMatchObject({ id: organizationId });
    }
  });
});
