import { expect, test } from 'vitest';
import type { OidcConfig } from '../../src/core/config/oidc-config.ts';
import { ConflictError, EscalationError, ForbiddenError, NotFoundError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { createRole } from '../../src/roles/create-role.ts';
import { loadRoles } from '../../src/roles/role.ts';
import { updateRole } from '../../src/roles/update-role.ts';
import { verifyApiKey } from '../../src/verification-host/verify-api-key.ts';
import { boundKey } from '../organizations/people.ts';
import { auditOf } from '../support/audit.ts';
import { onEachDatabase } from '../support/databases.ts';
import { issuesOf } from '../support/refusals.ts';
import {
  contextFor,
  keyCaller,
  makeOrganization,
  memberOf,
  roleNamed,
  servicesOn,
} from '../support/services.ts';

onEachDatabase('changing a role', (engine) => {
  const services = servicesOn(engine);

  async function setUp(permissions: readonly string[] = ['api.key.view']) {
    const { ctx, organization } = await makeOrganization(services());
    const { result: role } = await createRole(ctx, { name: 'Reader', description: 'Reads', permissions });
    return { ctx, organization, role };
  }

  test('changes what is said, and records only that', async () => {
    const { ctx, role } = await setUp();
    const { result } = await updateRole(ctx, { id: role.id, name: 'Renderer', permissions: ['read_render'] });
    expect(result).toEqual({ ...role, name: 'Renderer', permissions: ['read_render'] });
    expect(await loadRoles(ctx.db, [role.id])).toEqual([result]);
    expect((await auditOf(ctx, role.id)).at(-1)).toMatchObject({
      action: 'role.updated',
      actor: ctx.principal?.actor,
      changes: { name: ['Reader', 'Renderer'], permissions: [['api.key.view'], ['read_render']] },
    });
    await updateRole(ctx, { id: role.id, description: null });
    expect((await auditOf(ctx, role.id)).at(-1)?.changes).toEqual({ description: ['Reads', null] });
  });

  test('writes nothing where nothing differs', async () => {
    const { ctx, role } = await setUp();
    const { id, name, permissions } = role;
    for (const input of [{ id }, { id, name: ` ${name} `, permissions }])
      expect((await updateRole(ctx, input)).result).toEqual(role);
    expect(await auditOf(ctx, id)).toHaveLength(1);
  });

  test('takes effect at once on the keys that have it', async () => {
    const { ctx, role } = await setUp(['read_render']);
    const { result } = await createApiKey(ctx, { name: 'A key', roleId: role.id });
    const codeFor = async (permission: string) =>
      (await verifyApiKey(ctx, { key: result.secret, permissions: [permission] })).code;
    expect(await codeFor('read_render')).toBe('VALID');
    await updateRole(ctx, { id: role.id, permissions: ['write_render'] });
    expect(await codeFor('read_render')).toBe('INSUFFICIENT_PERMISSIONS');
    expect(await codeFor('write_render')).toBe('VALID');
  });

  test('refuses what a role must have, and what it can’t', async () => {
    const { ctx, role } = await setUp();
    const { id } = role;
    expect(await issuesOf(updateRole(ctx, { id, name: null, permissions: null }))).toEqual([
      { path: ['input', 'name'], message: "can't be null" },
      { path: ['input', 'permissions'], message: "can't be null" },
    ]);
    const faults = await issuesOf(updateRole(ctx, { id, name: ' ', permissions: ['No'] }));
    expect(faults.map(({ path }) => path.join('.'))).toEqual(['input.name', 'input.permissions.0']);
  });

  test('refuses a name that another has, but not the own in other letters', async () => {
    const { ctx, role } = await setUp();
    await createRole(ctx, { name: 'Writer', permissions: [] });
    for (const name of ['writer', 'OWNER'])
      await expect(updateRole(ctx, { id: role.id, name })).rejects.toThrow(ConflictError);
    expect((await updateRole(ctx, { id: role.id, name: 'READER' })).result.name).toBe('READER');
  });

  test('leaves the roles alone that come with Keywright', async () => {
    const { ctx, organization } = await setUp();
    for (const name of ['owner', 'admin', 'member']) {
      const { id } = await roleNamed(ctx, organization.id, name);
      for (const change of [{ permissions: ['*'] }, { name: 'Mine' }, {}])
        await expect(updateRole(ctx, { id, ...change })).rejects.toThrow(ConflictError);
    }
  });

  test.each([
    [['a'], { permissions: ['a', 'b'] }, ['b']],
    [['b'], { permissions: ['a'] }, ['b']],
    [['b'], { permissions: [] }, ['b']],
    [['*'], { name: 'Mine' }, ['*']],
    [['*'], {}, ['*']],
    [['a'], { permissions: ['*'] }, ['*']],
    [['a'], { permissions: ['role.*'] }, ['role.*']],
  ])('of %j to %j, by somebody with role.manage and a, is an escalation', async (had, change, lacking) => {
    const { organization, role, ctx: owner } = await setUp(had);
    const ctx = contextFor(services(), memberOf(organization.id, ['role.manage', 'a']));
    const refused = updateRole(ctx, { id: role.id, ...change });
    await expect(refused).rejects.toThrow(EscalationError);
    await expect(refused).rejects.toMatchObject({ permissions: lacking });
    expect(await loadRoles(owner.db, [role.id])).toEqual([role]);
  });

  test('is nothing for a key that is bound to teams', async () => {
    const { organization, role } = await setUp();
    const ctx = boundKey(services(), organization.id, ['*'], [newId('team')]);
    await expect(updateRole(ctx, { id: role.id, name: 'A' })).rejects.toThrow(ForbiddenError);
  });

  test('is nothing for a restricted key where newcomers get the role, now or by its new name', async () => {
    const { ctx, organization, role } = await setUp();
    const asking = (organizationName: string, roleName: string) => {
      const admission = { organization: organizationName, role: roleName };
      const config = { ...ctx.config, oidc: { admission } as OidcConfig };
      const limits = { environment: 'test' } as const;
      return { ...contextFor(services(), keyCaller(organization.id, ['*'], limits)), config };
    };
    const change = { id: role.id, name: 'Newcomer' };
    for (const named of ['READER', role.id, 'newcomer'])
      await expect(updateRole(asking(organization.slug, named), change)).rejects.toMatchObject({
        code: 'ESCALATION',
        restrictions: ['ENVIRONMENT'],
      });
    const create = { name: 'Newcomer', permissions: [] };
    await expect(createRole(asking(organization.id, 'newcomer'), create)).rejects.toThrow(EscalationError);
    await expect(updateRole(asking('elsewhere', role.id), change)).resolves.toBeDefined();
  });

  test('needs role.manage, and knows no role of another organization', async () => {
    const { organization, role } = await setUp();
    const viewer = contextFor(services(), memberOf(organization.id, ['role.view', 'api.key.*']));
    await expect(updateRole(viewer, { id: role.id, name: 'A' })).rejects.toMatchObject({
      permission: 'role.manage',
    });
    const { ctx: stranger } = await makeOrganization(services());
    for (const id of [role.id, newId('role'), newId('team'), 'role_\0', '']) {
      const refused = updateRole(stranger, { id, name: '' });
      await expect(refused).rejects.toThrow(NotFoundError);
      await expect(refused).rejects.toMatchObject({ id, message: 'No role found with this ID' });
    }
  });
});
