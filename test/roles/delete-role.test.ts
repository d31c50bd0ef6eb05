import { expect, test } from 'vitest';
import { ConflictError, NotFoundError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { findApiKey } from '../../src/keys/find-api-key.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { inviteMember } from '../../src/members/invite-member.ts';
import { removeMember } from '../../src/members/remove-member.ts';
import { createRole } from '../../src/roles/create-role.ts';
import { deleteRole } from '../../src/roles/delete-role.ts';
import { loadRoles } from '../../src/roles/role.ts';
import { auditOf } from '../support/audit.ts';
import { onEachDatabase } from '../support/databases.ts';
import { copyKey } from '../support/many-keys.ts';
import { contextFor, makeOrganization, memberOf, roleNamed, servicesOn } from '../support/services.ts';
import { countTurns } from '../support/turns.ts';
import { eventually } from '../support/wait.ts';

onEachDatabase('deleting a role', (engine) => {
  const services = servicesOn(engine);

  async function setUp() {
    const { ctx, organization } = await makeOrganization(services());
    const { result: role } = await createRole(ctx, { name: 'Reader', permissions: ['read_render'] });
    return { ctx, organization, role };
  }

  test('deletes it and records what it held', async () => {
    const { ctx, role } = await setUp();
    expect((await deleteRole(ctx, { id: role.id })).result).toBe(role.id);
    expect(await loadRoles(ctx.db, [role.id])).toEqual([]);
    expect((await auditOf(ctx, role.id)).at(-1)).toMatchObject({
      action: 'role.deleted',
      actor: ctx.principal?.actor,
      changes: { name: ['Reader', null], permissions: [['read_render'], null] },
    });
    await expect(deleteRole(ctx, { id: role.id })).rejects.toThrow(NotFoundError);
    await expect(createRole(ctx, { name: 'Reader', permissions: [] })).resolves.toBeDefined();
  });

  test('is refused while somebody has it, invited ones included', async () => {
    const { ctx, role } = await setUp();
    const { result } = await inviteMember(ctx, { email: `${role.id}@example.com`, roleId: role.id });
    await expect(deleteRole(ctx, { id: role.id })).rejects.toThrow(ConflictError);
    await removeMember(ctx, { id: result.membership.id });
    await expect(deleteRole(ctx, { id: role.id })).resolves.toBeDefined();
  });

  test('is refused while a key has it that is not revoked, disabled or not', async () => {
    const { ctx, role } = await setUp();
    const { result } = await createApiKey(ctx, { name: 'A key', roleId: role.id });
    const { id } = result.apiKey;
    await expect(deleteRole(ctx, { id: role.id })).rejects.toThrow(ConflictError);
    await updateApiKey(ctx, { id, enabled: false });
    await expect(deleteRole(ctx, { id: role.id })).rejects.toThrow(ConflictError);
    await revokeApiKey(ctx, { id });
    await deleteRole(ctx, { id: role.id });
    expect(await findApiKey(ctx, id)).toMatchObject({ roleId: null, revokedAt: expect.any(Number) });
    expect((await auditOf(ctx, id))[0]?.changes).toMatchObject({ roleId: [null, role.id] });
  });

  test('takes it from many revoked keys in batches, between which requests are answered, and from none where it stays', async () => {
    const { ctx, role } = await setUp();
    const make = async (name: string) =>
      (await createApiKey(ctx, { name, roleId: role.id })).result.apiKey.id;
    const [revoked, other] = [await make('Revoked'), await make('Other')];
    await revokeApiKey(ctx, { id: revoked });
    await copyKey({ services: services() }, revoked, 2_500);
    const having = async () =>
      (await ctx.db.selectFrom('api_keys').select('id').where('role_id', '=', role.id).execute()).length;
    await expect(deleteRole(ctx, { id: role.id })).rejects.toThrow(ConflictError);
    expect(await having()).toBe(2_502);
    await updateApiKey(ctx, { id: other, roleId: null });
    const turns = countTurns();
    await deleteRole(ctx, { id: role.id });
    turns.stop();
    expect(turns.count).toBeGreaterThanOrEqual(2);
    expect(await having()).toBe(0);
    const entries = (await auditOf(ctx)).slice(-2);
    expect(entries.map(({ action, target_id }) => [action, target_id])).toEqual([
      ['role.updated', role.id],
      ['role.deleted', role.id],
    ]);
    expect(entries.map(({ changes }) => changes.revokedApiKeys)).toEqual([['bound', null], undefined]);
  });

  test('says in the log that revoked keys lose it where it is rejected in the end', async () => {
    const { ctx, role } = await setUp();
    const { result } = await createApiKey(ctx, { name: 'Revoked', roleId: role.id });
    await revokeApiKey(ctx, { id: result.apiKey.id });
    await copyKey({ services: services() }, result.apiKey.id, 2_500);
    const having = async () =>
      (await ctx.db.selectFrom('api_keys').select('id').where('role_id', '=', role.id).execute()).length;
    const deleted = Promise.allSettled([deleteRole(ctx, { id: role.id })]);
    await eventually(async () => (await having()) < 2_501);
    const [made] = await Promise.allSettled([createApiKey(ctx, { name: 'New', roleId: role.id })]);
    const [{ status }] = await deleted;
    expect([status, made.status].sort()).toEqual(['fulfilled', 'rejected']);
    const actions = (await auditOf(ctx)).map(({ action }) => action);
    expect(actions).toContain('role.updated');
    expect(actions.includes('role.deleted')).toBe(status === 'fulfilled');
  });

  test('and giving it to a key at the same time never leaves a key without its role', async () => {
    const { ctx, role } = await setUp();
    for (let round = 0; round < 5; round += 1) {
      const { result } = await createRole(ctx, { name: `Round ${round}`, permissions: ['read_render'] });
      const [deleted, made] = await Promise.allSettled([
        deleteRole(ctx, { id: result.id }),
        createApiKey(ctx, { name: 'A key', roleId: result.id }),
      ]);
      expect([deleted.status, made.status].sort()).toEqual(['fulfilled', 'rejected']);
    }
    expect(await loadRoles(ctx.db, [role.id])).toHaveLength(1);
  });

  test('leaves the roles alone that come with Keywright', async () => {
    const { ctx, organization } = await setUp();
    for (const name of ['owner', 'admin', 'member']) {
      const { id } = await roleNamed(ctx, organization.id, name);
      await expect(deleteRole(ctx, { id })).rejects.toThrow(ConflictError);
    }
  });

  test('needs role.manage, and knows no role of another organization', async () => {
    const { organization, role } = await setUp();
    const viewer = contextFor(services(), memberOf(organization.id, ['role.view']));
    await expect(deleteRole(viewer, { id: role.id })).rejects.toMatchObject({ permission: 'role.manage' });
    const { ctx: stranger } = await makeOrganization(services());
    for (const id of [role.id, newId('role'), 'role_\0'])
      await expect(deleteRole(stranger, { id })).rejects.toMatchObject({ code: 'NOT_FOUND', id });
  });
});
