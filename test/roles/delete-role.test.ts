import { expect, test } from 'vitest';
import { ConflictError, NotFoundError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { foldName } from '../../src/core/input.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { findApiKey } from '../../src/keys/find-api-key.ts';
import { listApiKeys } from '../../src/keys/lists/list-api-keys.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { inviteMember } from '../../src/members/invite-member.ts';
import { removeMember } from '../../src/members/remove-member.ts';
import { updateMember } from '../../src/members/update-member.ts';
import { createRole } from '../../src/roles/create-role.ts';
import { deleteRole } from '../../src/roles/delete-role.ts';
import { listRoles } from '../../src/roles/list-roles.ts';
import { loadRoles } from '../../src/roles/role.ts';
import { updateRole } from '../../src/roles/update-role.ts';
import { addMember } from '../organizations/people.ts';
import { auditOf } from '../support/audit.ts';
import { onEachDatabase } from '../support/databases.ts';
import { copyKey } from '../support/many-keys.ts';
import { contextFor, makeOrganization, memberOf, roleNamed, servicesOn } from '../support/services.ts';

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

  /** A role that only a revoked key had, deleted, and that key. */
  async function deleteWithRevokedKey() {
    const { ctx, organization, role } = await setUp();
    const { result } = await createApiKey(ctx, { name: 'Revoked', roleId: role.id });
    const keyId = result.apiKey.id;
    await revokeApiKey(ctx, { id: keyId });
    await deleteRole(ctx, { id: role.id });
    return { ctx, organization, role, keyId };
  }

  test('writes no revoked key, however many have it', async () => {
    const { ctx, role } = await setUp();
    const { result } = await createApiKey(ctx, { name: 'Revoked', roleId: role.id });
    await revokeApiKey(ctx, { id: result.apiKey.id });
    await copyKey({ services: services() }, result.apiKey.id, 200);
    const keys = () => ctx.db.selectFrom('api_keys').selectAll().where('role_id', '=', role.id).execute();
    const before = await keys();
    expect(before).toHaveLength(201);
    const entries = (await auditOf(ctx)).length;
    await deleteRole(ctx, { id: role.id });
    expect(await keys()).toEqual(before);
    expect((await auditOf(ctx)).slice(entries).map(({ action }) => action)).toEqual(['role.deleted']);
  });

  test('hides it from every read where revoked keys had it', async () => {
    const { ctx, organization, role, keyId } = await deleteWithRevokedKey();
    expect(await loadRoles(ctx.db, [role.id])).toEqual([]);
    const roles = await listRoles(ctx, organization.id, { first: 100 });
    expect(roles.edges.map(({ node }) => node.name).sort()).toEqual(['admin', 'member', 'owner']);
    expect(await roles.totalCount()).toBe(3);
    expect(await findApiKey(ctx, keyId)).toMatchObject({ roleId: null });
    for (const field of ['CREATED_AT', 'NAME'] as const) {
      const list = (roleId: string | null) =>
        listApiKeys(
          ctx,
          organization.id,
          { filter: { roleId, status: ['ACTIVE', 'REVOKED'] }, orderBy: { field, direction: 'ASC' } },
          { first: 10 },
        );
      const all = await list(null);
      expect(all.edges.map(({ node }) => [node.id, node.roleId])).toEqual([[keyId, null]]);
      const having = await list(role.id);
      expect(having.edges).toEqual([]);
      expect(await having.totalCount()).toBe(0);
    }
  });

  test('leaves nothing of it to give, change or delete again', async () => {
    const { ctx, organization, role } = await deleteWithRevokedKey();
    const { result } = await createApiKey(ctx, { name: 'A key' });
    const member = await addMember(services(), organization.id, 'member');
    const { id } = role;
    for (const attempt of [
      () => createApiKey(ctx, { name: 'Another', roleId: id }),
      () => updateApiKey(ctx, { id: result.apiKey.id, roleId: id }),
      () => inviteMember(ctx, { email: `${id}@example.com`, roleId: id }),
      () => updateMember(ctx, { id: member.membershipId, roleId: id }),
      () => updateRole(ctx, { id, permissions: ['read_render'] }),
      () => deleteRole(ctx, { id }),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'NOT_FOUND', id });
    const viewer = contextFor(services(), memberOf(organization.id, ['role.view']));
    await expect(deleteRole(viewer, { id })).rejects.toMatchObject({ permission: 'role.manage' });
    const { result: again } = await createRole(ctx, { name: 'READER', permissions: ['other'] });
    expect(again.id).not.toBe(id);
    await expect(updateRole(ctx, { id: again.id, name: 'Reader' })).resolves.toBeDefined();
  });

  test('leaves what a server of the previous release can neither give nor change, but remove', async () => {
    const { ctx, role, keyId } = await deleteWithRevokedKey();
    const { db } = ctx;
    const row = await db.selectFrom('roles').selectAll().where('id', '=', role.id).executeTakeFirstOrThrow();
    expect(row).toMatchObject({ permissions: '[]', description: null });
    expect(foldName(row.name_key)).not.toBe(row.name_key);
    const key = await db.selectFrom('api_keys').selectAll().where('id', '=', keyId).executeTakeFirstOrThrow();
    const membership = await db.selectFrom('memberships').selectAll().executeTakeFirstOrThrow();
    const { result } = await createApiKey(ctx, { name: 'A key' });
    const other = result.apiKey.id;
    const member = db.updateTable('memberships').where('id', '=', membership.id);
    for (const attempt of [
      db.insertInto('api_keys').values({ ...key, id: newId('key'), revoked_at: null }),
      db.updateTable('api_keys').set({ role_id: role.id }).where('id', '=', other),
      db.updateTable('api_keys').set({ revoked_at: null }).where('id', '=', keyId),
      db.insertInto('memberships').values({ ...membership, id: newId('mem'), role_id: role.id }),
      member.set({ role_id: role.id }),
      db.updateTable('roles').set({ permissions: '["*"]' }).where('id', '=', role.id),
      db.updateTable('roles').set({ deleted_at: null }).where('id', '=', role.id),
    ])
      await expect(attempt.execute()).rejects.toThrow('the role is deleted');
    await db.updateTable('api_keys').set({ role_id: null }).where('role_id', '=', role.id).execute();
    await db.deleteFrom('roles').where('id', '=', role.id).execute();
    await expect(findApiKey(ctx, keyId)).resolves.toMatchObject({ roleId: null });
  });

  test('and revoking its last key at the same time rejects it, or hides it', async () => {
    const { ctx } = await setUp();
    for (let round = 0; round < 5; round += 1) {
      const { result: role } = await createRole(ctx, { name: `Round ${round}`, permissions: [] });
      const { result } = await createApiKey(ctx, { name: 'A key', roleId: role.id });
      const { id } = result.apiKey;
      const [deleted] = await Promise.allSettled([
        deleteRole(ctx, { id: role.id }),
        revokeApiKey(ctx, { id }),
      ]);
      const isDeleted = deleted.status === 'fulfilled';
      expect(await loadRoles(ctx.db, [role.id])).toHaveLength(isDeleted ? 0 : 1);
      expect((await findApiKey(ctx, id))?.roleId).toBe(isDeleted ? null : role.id);
      if (!isDeleted) expect(deleted.reason).toBeInstanceOf(ConflictError);
    }
  });

  test('and giving it to a key at the same time never leaves a key without its role', async () => {
    const { ctx, role } = await setUp();
    for (let round = 0; round < 5; round += 1) {
      const { result } = await createRole(ctx, { name: `Round ${round}`, permissions: ['read_render'] });
      const { result: earlier } = await createApiKey(ctx, { name: 'Earlier', roleId: result.id });
      await revokeApiKey(ctx, { id: earlier.apiKey.id });
      const { result: other } = await createApiKey(ctx, { name: 'Other' });
      const give = () =>
        round % 2 === 0
          ? createApiKey(ctx, { name: 'A key', roleId: result.id })
          : updateApiKey(ctx, { id: other.apiKey.id, roleId: result.id });
      const [deleted, given] = await Promise.allSettled([deleteRole(ctx, { id: result.id }), give()]);
      expect([deleted.status, given.status].sort()).toEqual(['fulfilled', 'rejected']);
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
