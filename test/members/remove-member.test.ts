import { expect, test } from 'vitest';
import { ConflictError, ForbiddenError, NotFoundError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { findApiKey } from '../../src/keys/find-api-key.ts';
import { inviteMember } from '../../src/members/invite-member.ts';
import { loadMemberships } from '../../src/members/membership.ts';
import { removeMember } from '../../src/members/remove-member.ts';
import { updateMember } from '../../src/members/update-member.ts';
import { authenticateSession } from '../../src/sessions/authenticate-session.ts';
import { signIn } from '../../src/sign-in/sign-in.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { addMember, boundKey } from '../organizations/people.ts';
import { freshEmail, linkTokenOf, makePerson, nobody, sessionOf } from '../sessions/people.ts';
import { auditOf } from '../support/audit.ts';
import { onEachDatabase } from '../support/databases.ts';
import { contextFor, makeOrganization, memberOf, roleNamed, servicesOn } from '../support/services.ts';

onEachDatabase('removing a member', (engine) => {
  const services = servicesOn(engine);

  async function setUp() {
    const { ctx, organization } = await makeOrganization(services());
    const add = (as: Parameters<typeof addMember>[2]) => addMember(services(), organization.id, as);
    return { ctx, organization, add };
  }

  const authenticate = (token: string) => authenticateSession(services().db, services().clock, token);

  test('removes, records it, and ends sessions that reach nothing else', async () => {
    const { ctx, add } = await setUp();
    const { result: team } = await createTeam(ctx, { name: 'Platform' });
    const { membershipId: id, userId, email, role } = await add('member');
    await updateMember(ctx, { id, teamIds: [team.id] });
    const session = await sessionOf(services(), userId);
    expect((await removeMember(ctx, { id })).result).toBe(id);
    expect(await loadMemberships(ctx.db, [id])).toEqual([]);
    expect(await authenticate(session.token)).toBeNull();
    const actor = ctx.principal?.actor;
    expect((await auditOf(ctx)).slice(-2)).toMatchObject([
      {
        action: 'member.removed',
        actor,
        target_id: id,
        changes: { userId: [userId, null], email: [email, null], roleId: [role.id, null] },
      },
      { action: 'session.ended', actor, target_id: session.id },
    ]);
    await expect(removeMember(ctx, { id })).rejects.toThrow(NotFoundError);
  });

  test('takes the organization from sessions that reach others too, which go on', async () => {
    const { ctx, organization, add } = await setUp();
    const { membershipId: id, email, userId } = await add('member');
    const other = await makePerson(services(), { email, role: 'admin' });
    const { token } = await sessionOf(services(), userId);
    await removeMember(ctx, { id });
    const principal = await authenticate(token);
    expect(principal?.organizationIds).toEqual([other.organizationId]);
    expect(principal?.isOf(organization.id)).toBe(false);
    expect((await auditOf(ctx)).at(-1)?.action).toBe('member.removed');
  });

  test('ends a session that an invitation began, wherever else the person is a member', async () => {
    const { organization } = await setUp();
    const { ctx } = await addMember(services(), organization.id, 'owner');
    const known = await makePerson(services());
    const own = await sessionOf(services(), known.userId);
    const { id: roleId } = await roleNamed(ctx, organization.id, 'member');
    const { result } = await inviteMember(ctx, { email: known.email, roleId });
    const token = new URL(result.signInUrl).hash.slice('#token='.length);
    const limited = await signIn(nobody(services()), { token });
    expect(await authenticate(limited.result.sessionToken)).not.toBeNull();
    await removeMember(ctx, { id: result.membership.id });
    expect(await authenticate(limited.result.sessionToken)).toBeNull();
    expect((await authenticate(own.token))?.organizationIds).toEqual([known.organizationId]);
  });

  test('withdraws an invitation: its link works no more, other links do', async () => {
    const { organization } = await setUp();
    const { ctx } = await addMember(services(), organization.id, 'owner');
    const { id: roleId } = await roleNamed(ctx, organization.id, 'member');
    const known = await makePerson(services());
    const { result } = await inviteMember(ctx, { email: known.email, roleId });
    const own = await linkTokenOf(services(), known.userId);
    await removeMember(ctx, { id: result.membership.id });
    const token = new URL(result.signInUrl).hash.slice('#token='.length);
    await expect(signIn(nobody(services()), { token })).rejects.toThrow(NotFoundError);
    await expect(signIn(nobody(services()), { token: own })).resolves.toBeDefined();
  });

  test('and accepting the invitation at the same time ends without a membership or a session', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { organization } = await setUp();
      const { ctx } = await addMember(services(), organization.id, 'owner');
      const { id: roleId } = await roleNamed(ctx, organization.id, 'member');
      const { result } = await inviteMember(ctx, { email: freshEmail(), roleId });
      const { id, userId } = result.membership;
      const token = new URL(result.signInUrl).hash.slice('#token='.length);
      await Promise.allSettled([removeMember(ctx, { id }), signIn(nobody(services()), { token })]);
      expect(await loadMemberships(ctx.db, [id])).toEqual([]);
      const sessions = services().db.selectFrom('sessions').select('id').where('user_id', '=', userId);
      expect(await sessions.execute()).toEqual([]);
    }
  });

  test('lets the person be invited again', async () => {
    const { ctx, organization, add } = await setUp();
    const { membershipId: id, email, userId } = await add('member');
    await removeMember(ctx, { id });
    const { id: roleId } = await roleNamed(ctx, organization.id, 'member');
    const { result } = await inviteMember(ctx, { email, roleId });
    expect(result.membership).toMatchObject({ userId, joinedAt: null });
    expect(result.membership.id).not.toBe(id);
  });

  test('leaves the keys that the person made', async () => {
    const { ctx, add } = await setUp();
    const admin = await add('admin');
    const { result } = await createApiKey(admin.ctx, { name: 'A key' });
    await removeMember(ctx, { id: admin.membershipId });
    expect(await findApiKey(ctx, result.apiKey.id)).toMatchObject({
      createdBy: admin.userId,
      revokedAt: null,
    });
  });

  test('leaves the last owner, whoever asks, also oneself', async () => {
    const { ctx, organization, add } = await setUp();
    const owner = await add('owner');
    const { id: roleId } = await roleNamed(ctx, organization.id, 'owner');
    const { result } = await inviteMember(ctx, { email: freshEmail(), roleId });
    await add(['*']);
    for (const asked of [ctx, owner.ctx])
      await expect(removeMember(asked, { id: owner.membershipId })).rejects.toThrow(ConflictError);
    await expect(removeMember(ctx, { id: result.membership.id })).resolves.toBeDefined();
    const second = await add('owner');
    await expect(removeMember(owner.ctx, { id: owner.membershipId })).resolves.toBeDefined();
    await expect(removeMember(second.ctx, { id: second.membershipId })).rejects.toThrow(ConflictError);
  });

  test('leaves one of several owners who go at the same time, removed and demoted', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { ctx, organization, add } = await setUp();
      const owners = [await add('owner'), await add('owner'), await add('owner'), await add('owner')];
      const { id: roleId } = await roleNamed(ctx, organization.id, 'admin');
      const outcomes = await Promise.allSettled(
        owners.map(({ membershipId: id }, index) =>
          index % 2 ? removeMember(ctx, { id }) : updateMember(ctx, { id, roleId }),
        ),
      );
      const refused = outcomes.filter((one) => one.status === 'rejected');
      expect(refused).toMatchObject([{ reason: { code: 'CONFLICT' } }]);
    }
  });

  test('who may do more than oneself is not one’s to remove', async () => {
    const { add, ctx } = await setUp();
    const manager = await add(['member.*', 'api.key.view']);
    const strong = await add(['api.key.*']);
    await add('owner');
    const owner = await add('owner');
    for (const [id, permission] of [
      [strong.membershipId, 'api.key.*'],
      [owner.membershipId, '*'],
    ] as const) {
      const refused = removeMember(manager.ctx, { id });
      await expect(refused).rejects.toThrow(ForbiddenError);
      await expect(refused).rejects.toMatchObject({ permission });
    }
    const weak = await add(['api.key.view']);
    await expect(removeMember(manager.ctx, { id: weak.membershipId })).resolves.toBeDefined();
    await expect(removeMember(ctx, { id: strong.membershipId })).resolves.toBeDefined();
  });

  test('is nothing for a key that is bound to teams', async () => {
    const { organization, add } = await setUp();
    const { membershipId: id } = await add('member');
    const ctx = boundKey(services(), organization.id, ['*'], [newId('team')]);
    await expect(removeMember(ctx, { id })).rejects.toThrow(ForbiddenError);
  });

  test('needs member.manage, and knows no member of another organization', async () => {
    const { organization, add } = await setUp();
    const { membershipId } = await add('member');
    const viewer = contextFor(services(), memberOf(organization.id, ['member.view']));
    await expect(removeMember(viewer, { id: membershipId })).rejects.toMatchObject({
      permission: 'member.manage',
    });
    const { ctx: stranger } = await makeOrganization(services());
    for (const id of [membershipId, newId('mem'), 'mem_\0'])
      await expect(removeMember(stranger, { id })).rejects.toMatchObject({ code: 'NOT_FOUND', id });
  });
});
