import { expect, test } from 'vitest';
import { ConflictError, EscalationError, ForbiddenError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { inviteMember } from '../../src/members/invite-member.ts';
import { loadMemberships, loadTeamsOfMemberships } from '../../src/members/membership.ts';
import { updateMember } from '../../src/members/update-member.ts';
import { authenticateSession } from '../../src/sessions/authenticate-session.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { addMember, boundKey, makeRole } from '../organizations/people.ts';
import { freshEmail, sessionOf } from '../sessions/people.ts';
import { auditOf } from '../support/audit.ts';
import { onEachDatabase } from '../support/databases.ts';
import { issuesOf } from '../support/refusals.ts';
import { contextFor, makeOrganization, memberOf, roleNamed, servicesOn } from '../support/services.ts';

onEachDatabase('changing a member', (engine) => {
  const services = servicesOn(engine);

  async function setUp() {
    const { ctx, organization } = await makeOrganization(services());
    const roleId = async (name: string) => (await roleNamed(ctx, organization.id, name)).id;
    const add = (as: Parameters<typeof addMember>[2]) => addMember(services(), organization.id, as);
    return { ctx, organization, roleId, add };
  }

  test('gives another role, at once, and records it', async () => {
    const { ctx, organization, roleId, add } = await setUp();
    const { membershipId, userId } = await add('member');
    const { token } = await sessionOf(services(), userId);
    const [before, after] = [await roleId('member'), await roleId('admin')];
    const { result } = await updateMember(ctx, { id: membershipId, roleId: after });
    expect(result).toMatchObject({ id: membershipId, roleId: after, joinedAt: expect.any(Number) });
    expect(await loadMemberships(ctx.db, [membershipId])).toEqual([result]);
    const principal = await authenticateSession(services().db, services().clock, token);
    expect(principal?.can(organization.id, 'api.key.create')).toBe(true);
    expect((await auditOf(ctx, membershipId)).at(-1)).toMatchObject({
      action: 'member.updated',
      actor: ctx.principal?.actor,
      changes: { roleId: [before, after] },
    });
  });

  test('puts into other teams, and out of all', async () => {
    const { ctx, add } = await setUp();
    const { membershipId: id } = await add('member');
    const { result: one } = await createTeam(ctx, { name: 'A' });
    const { result: two } = await createTeam(ctx, { name: 'B' });
    const teams = async () => (await loadTeamsOfMemberships(ctx.db, [id])).get(id) ?? [];
    await updateMember(ctx, { id, teamIds: [two.id, one.id, two.id] });
    expect(await teams()).toEqual([one, two]);
    expect((await auditOf(ctx, id)).at(-1)?.changes).toEqual({ teamIds: [[], [one.id, two.id].sort()] });
    await updateMember(ctx, { id, teamIds: null });
    expect(await teams()).toEqual([]);
  });

  test('writes nothing where nothing differs', async () => {
    const { ctx, roleId, add } = await setUp();
    const { membershipId: id } = await add('member');
    for (const change of [{}, { roleId: await roleId('member') }, { teamIds: [] }])
      await updateMember(ctx, { id, ...change });
    expect(await auditOf(ctx, id)).toHaveLength(1);
  });

  test('works for who has not joined yet', async () => {
    const { ctx, roleId } = await setUp();
    const { result } = await inviteMember(ctx, { email: freshEmail(), roleId: await roleId('owner') });
    const { id } = result.membership;
    const changed = await updateMember(ctx, { id, roleId: await roleId('member') });
    expect(changed.result).toMatchObject({ joinedAt: null, roleId: await roleId('member') });
  });

  test('refuses a role of null and too many teams', async () => {
    const { ctx, add } = await setUp();
    const { membershipId: id } = await add('member');
    const teamIds = Array.from({ length: 51 }, () => newId('team'));
    expect(await issuesOf(updateMember(ctx, { id, roleId: null, teamIds }))).toEqual([
      { path: ['input', 'roleId'], message: "can't be null" },
      { path: ['input', 'teamIds'], message: 'must have at most 50 entries' },
    ]);
  });

  test('knows no role or team of another organization', async () => {
    const { ctx, add } = await setUp();
    const { membershipId: id } = await add('member');
    const { ctx: theirs, organization: other } = await makeOrganization(services());
    const { id: theirRole } = await roleNamed(theirs, other.id, 'member');
    const { result: theirTeam } = await createTeam(theirs, { name: 'Theirs' });
    for (const roleId of [theirRole, newId('role'), '\0'])
      await expect(updateMember(ctx, { id, roleId })).rejects.toMatchObject({
        code: 'NOT_FOUND',
        id: roleId,
      });
    for (const teamId of [theirTeam.id, newId('team'), '\0'])
      await expect(updateMember(ctx, { id, teamIds: [teamId] })).rejects.toMatchObject({
        code: 'NOT_FOUND',
        id: teamId,
      });
    expect(await auditOf(ctx, id)).toHaveLength(1);
  });

  test('by somebody who does not hold what the member has, or would get, is an escalation', async () => {
    const { organization, roleId, add } = await setUp();
    const manager = (await add(['member.*', 'read_render'])).ctx;
    const strong = await add(['read_render', 'api.key.view']);
    const weak = await add(['read_render']);
    for (const [id, change, lacking] of [
      [strong.membershipId, { roleId: weak.role.id }, 'api.key.view'],
      [strong.membershipId, { teamIds: [] }, 'api.key.view'],
      [strong.membershipId, {}, 'api.key.view'],
      [weak.membershipId, { roleId: strong.role.id }, 'api.key.view'],
      [weak.membershipId, { roleId: await roleId('owner') }, '*'],
    ] as const) {
      const refused = updateMember(manager, { id, ...change });
      await expect(refused).rejects.toThrow(EscalationError);
      await expect(refused).rejects.toMatchObject({ permissions: [lacking] });
    }
    const other = await makeRole(services(), organization.id, ['member.view']);
    await expect(updateMember(manager, { id: weak.membershipId, roleId: other.id })).resolves.toBeDefined();
  });

  test('oneself goes down but not up', async () => {
    const { organization, roleId, add } = await setUp();
    const { ctx, membershipId: id } = await add(['member.*', 'role.*']);
    for (const name of ['owner', 'admin', 'member'])
      await expect(updateMember(ctx, { id, roleId: await roleId(name) })).rejects.toThrow(EscalationError);
    const lower = await makeRole(services(), organization.id, ['role.view']);
    await expect(updateMember(ctx, { id, roleId: lower.id })).resolves.toBeDefined();
  });

  test('is nothing for a key that is bound to teams', async () => {
    const { organization, add } = await setUp();
    const { membershipId: id } = await add('member');
    const ctx = boundKey(services(), organization.id, ['*'], [newId('team')]);
    await expect(updateMember(ctx, { id, teamIds: [] })).rejects.toThrow(ForbiddenError);
  });

  test('leaves the last owner one, whoever asks', async () => {
    const { ctx, roleId, add } = await setUp();
    const { membershipId: id } = await add('owner');
    const adminId = await roleId('admin');
    await expect(updateMember(ctx, { id, roleId: adminId })).rejects.toThrow(ConflictError);
    // An invited owner, or somebody with a role that holds as much, doesn't count.
    await inviteMember(ctx, { email: freshEmail(), roleId: await roleId('owner') });
    await add(['*']);
    await expect(updateMember(ctx, { id, roleId: adminId })).rejects.toThrow(ConflictError);
    await add('owner');
    await expect(updateMember(ctx, { id, roleId: adminId })).resolves.toBeDefined();
  });

  test('leaves one of two owners who go at the same time', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { ctx, roleId, add } = await setUp();
      const owners = [await add('owner'), await add('owner'), await add('owner')];
      const memberRole = await roleId('member');
      const outcomes = await Promise.allSettled(
        owners.map(({ membershipId: id }) => updateMember(ctx, { id, roleId: memberRole })),
      );
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
      const left = await loadMemberships(
        ctx.db,
        owners.map(({ membershipId }) => membershipId),
      );
      const ownerRole = await roleId('owner');
      expect(left.filter((one) => one.roleId === ownerRole)).toHaveLength(1);
    }
  });

  test('needs member.manage, and knows no member of another organization', async () => {
    const { organization, add } = await setUp();
    const { membershipId } = await add('member');
    const viewer = contextFor(services(), memberOf(organization.id, ['member.view', 'role.*']));
    await expect(updateMember(viewer, { id: membershipId })).rejects.toMatchObject({
      permission: 'member.manage',
    });
    const { ctx: stranger } = await makeOrganization(services());
    for (const id of [membershipId, newId('mem'), newId('user'), 'mem_\0'])
      await expect(updateMember(stranger, { id, roleId: null })).rejects.toMatchObject({
        code: 'NOT_FOUND',
        id,
        message: 'No member found with this ID',
      });
  });
});
