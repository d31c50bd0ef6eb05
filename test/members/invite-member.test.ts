import { describe, expect, test } from 'vitest';
import type { Principal } from '../../src/access/principal.ts';
import { ConflictError, EscalationError, ForbiddenError, NotFoundError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { type InviteMemberInput, inviteMember } from '../../src/members/invite-member.ts';
import { listMembers } from '../../src/members/list-members.ts';
import { loadTeamsOfMemberships } from '../../src/members/membership.ts';
import { loadUsers } from '../../src/members/user.ts';
import { authenticateOperatorToken } from '../../src/operator-tokens/authenticate-operator-token.ts';
import { createOperatorToken } from '../../src/operator-tokens/create-operator-token.ts';
import { authenticateSession } from '../../src/sessions/authenticate-session.ts';
import { signIn } from '../../src/sign-in/sign-in.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { addMember, boundKey, keywright, makeRole } from '../organizations/people.ts';
import {
  everythingStored,
  freshEmail,
  linkTokenOf,
  makePerson,
  nobody,
  sessionOf,
} from '../sessions/people.ts';
import { auditOf } from '../support/audit.ts';
import { onEachDatabase } from '../support/databases.ts';
import { issuesOf } from '../support/refusals.ts';
import { contextFor, makeOrganization, memberOf, roleNamed, servicesOn } from '../support/services.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

onEachDatabase('inviting somebody', (engine) => {
  const services = servicesOn(engine);

  async function setUp() {
    const { organization } = await makeOrganization(services());
    // The link works while its creator is an owner.
    const { ctx } = await addMember(services(), organization.id, 'owner');
    const { id: roleId } = await roleNamed(ctx, organization.id, 'member');
    const invite = async (input: Partial<InviteMemberInput> = {}) =>
      (await inviteMember(ctx, { email: freshEmail(), roleId, ...input })).result;
    return { ctx, organization, roleId, invite };
  }

  const tokenOf = (url: string) => new URL(url).hash.replace('#token=', '');

  async function openSession(url: string): Promise<string> {
    return (await signIn(nobody(services()), { token: tokenOf(url) })).result.sessionToken;
  }

  async function authenticate(sessionToken: string): Promise<Principal> {
    const principal = await authenticateSession(services().db, services().clock, sessionToken);
    if (!principal) throw new Error('The session is not accepted');
    return principal;
  }

  const open = async (url: string): Promise<Principal> => authenticate(await openSession(url));

  test('makes user and membership, and a link that joins', async () => {
    const { ctx, organization, roleId, invite } = await setUp();
    const { result: team } = await createTeam(ctx, { name: 'Platform' });
    const email = freshEmail();
    const { membership, signInUrl } = await invite({
      email: ` ${email.toUpperCase()} `,
      name: ' Ada ',
      teamIds: [team.id, team.id],
    });
    expect(membership).toEqual({
      id: expect.stringMatching(/^mem_/),
      organizationId: organization.id,
      userId: expect.stringMatching(/^user_/),
      email,
      name: 'Ada',
      roleId,
      createdAt: services().clock.now(),
      joinedAt: null,
    });
    const [user] = await loadUsers(ctx.db, [membership.userId]);
    expect(user).toEqual({ id: membership.userId, name: 'Ada', email });
    expect((await loadTeamsOfMemberships(ctx.db, [membership.id])).get(membership.id)).toEqual([team]);
    expect(signInUrl).toMatch(/^http:\/\/localhost:4000\/sign-in#token=[\w-]{43}$/);
    expect(await open(signInUrl)).toMatchObject({ userId: user?.id, organizationIds: [organization.id] });
    const members = (await listMembers(ctx, organization.id, {}, {})).edges;
    const joined = members.find(({ node }) => node.id === membership.id);
    expect(joined?.node).toEqual({ ...membership, joinedAt: services().clock.now() });
  });

  test('is written into the audit log, without the link', async () => {
    const { ctx, roleId, invite } = await setUp();
    const email = freshEmail();
    const { membership, signInUrl } = await invite({ email });
    const [row, ...others] = await auditOf(ctx, membership.id);
    expect(row).toMatchObject({
      action: 'member.invited',
      actor: ctx.principal?.actor,
      changes: {
        email: [null, email],
        roleId: [null, roleId],
        teamIds: [null, []],
        expiresAt: [null, new Date(services().clock.now() + 7 * DAY).toISOString()],
      },
    });
    expect(others).toEqual([]);
    for (const text of [await everythingStored(services()), JSON.stringify(services().events)])
      expect(text).not.toContain(tokenOf(signInUrl));
  });

  test('lets in for 7 days, once', async () => {
    const { invite } = await setUp();
    const [early, late] = [await invite(), await invite()];
    services().clock.advance(7 * DAY - 1);
    await open(early.signInUrl);
    services().clock.advance(1);
    for (const { signInUrl } of [early, late]) await expect(open(signInUrl)).rejects.toThrow(NotFoundError);
  });

  test('anew makes a fresh link, ends the earlier one, and takes the role and teams given now', async () => {
    const { ctx, organization, roleId, invite } = await setUp();
    const { id: adminId } = await roleNamed(ctx, organization.id, 'admin');
    const { result: team } = await createTeam(ctx, { name: 'Platform' });
    const email = freshEmail();
    const first = await invite({ email });
    const second = await invite({ email: email.toUpperCase(), roleId: adminId, teamIds: [team.id] });
    expect(second.membership).toEqual({ ...first.membership, roleId: adminId });
    const third = await invite({ email, roleId: adminId, teamIds: [team.id] });
    const log = await auditOf(ctx, first.membership.id);
    expect(log.map(({ action }) => action)).toEqual(['member.invited', 'member.invited', 'member.invited']);
    expect(log[1]?.changes).toMatchObject({ roleId: [roleId, adminId], teamIds: [[], [team.id]] });
    expect(Object.keys(log[2]?.changes ?? {})).toEqual(['expiresAt']);
    for (const { signInUrl } of [first, second]) await expect(open(signInUrl)).rejects.toThrow(NotFoundError);
    expect((await open(third.signInUrl)).can(organization.id, 'api.key.create')).toBe(true);
  });

  test('is refused for who has joined', async () => {
    const { ctx, organization, invite } = await setUp();
    const { email } = await addMember(services(), organization.id, 'member');
    await expect(invite({ email: ` ${email.toUpperCase()}` })).rejects.toThrow(ConflictError);
    const fresh = await invite();
    await open(fresh.signInUrl);
    const [user] = await loadUsers(ctx.db, [fresh.membership.userId]);
    await expect(invite({ email: user?.email ?? '' })).rejects.toThrow(ConflictError);
  });

  test('takes who is known elsewhere as who they are, name included', async () => {
    const { ctx, invite } = await setUp();
    const known = await makePerson(services());
    const { membership } = await invite({ email: known.email, name: 'Somebody else' });
    expect(membership.userId).toBe(known.userId);
    expect(await loadUsers(ctx.db, [known.userId])).toMatchObject([{ name: 'Ada' }]);
  });

  test('20 times at once makes one membership, and one link that works', async () => {
    const { ctx, organization, invite } = await setUp();
    const email = freshEmail();
    const invited = await Promise.all(Array.from({ length: 20 }, () => invite({ email })));
    expect(new Set(invited.map(({ membership }) => membership.id)).size).toBe(1);
    expect(await (await listMembers(ctx, organization.id, {}, {})).totalCount()).toBe(2);
    const opened = await Promise.allSettled(invited.map(({ signInUrl }) => open(signInUrl)));
    expect(opened.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('of two organizations at once makes one user', async () => {
    const email = freshEmail();
    const [one, two] = [await setUp(), await setUp()];
    const [first, second] = await Promise.all([one.invite({ email }), two.invite({ email })]);
    expect(first.membership.userId).toBe(second.membership.userId);
  });

  test('finds every fault of the input at once', async () => {
    const { invite } = await setUp();
    const teamIds = Array.from({ length: 51 }, () => newId('team'));
    const faults = await issuesOf(invite({ email: 'nobody', name: '\n', teamIds }));
    expect(faults.map(({ path }) => path.join('.'))).toEqual(['input.email', 'input.name', 'input.teamIds']);
  });

  test('knows no organization, role or team of others', async () => {
    const { ctx, invite } = await setUp();
    const { ctx: theirs, organization: other } = await makeOrganization(services());
    const { id: theirRole } = await roleNamed(theirs, other.id, 'member');
    const { result: theirTeam } = await createTeam(theirs, { name: 'Theirs' });
    for (const [input, id] of [
      [{ organizationId: other.id }, other.id],
      [{ roleId: theirRole }, theirRole],
      [{ roleId: newId('role') }, undefined],
      [{ roleId: 'role_\0' }, 'role_\0'],
      [{ teamIds: [theirTeam.id] }, theirTeam.id],
      [{ teamIds: [newId('team')] }, undefined],
    ] as const)
      await expect(invite(input)).rejects.toMatchObject({ code: 'NOT_FOUND', ...(id && { id }) });
    expect((await auditOf(ctx)).map(({ action }) => action)).not.toContain('member.invited');
  });

  describe('needs', () => {
    test('member.manage, in that organization', async () => {
      const { organization, roleId } = await setUp();
      const ctx = contextFor(services(), memberOf(organization.id, ['member.view', 'api.key.*']));
      await expect(inviteMember(ctx, { email: freshEmail(), roleId })).rejects.toMatchObject({
        permission: 'member.manage',
      });
    });

    test('everything that the role holds', async () => {
      const { ctx: owner, organization } = await setUp();
      const role = await makeRole(services(), organization.id, ['api.key.view', 'read_render']);
      const ctx = contextFor(services(), memberOf(organization.id, ['member.*', 'api.key.*']));
      const refused = inviteMember(ctx, { email: freshEmail(), roleId: role.id });
      await expect(refused).rejects.toThrow(EscalationError);
      await expect(refused).rejects.toMatchObject({ permissions: ['read_render'] });
      expect((await auditOf(owner)).map(({ action }) => action)).not.toContain('member.invited');
    });

    test('everything that an earlier invitation holds: its link would let the inviter in', async () => {
      const { organization, roleId, invite } = await setUp();
      const { id: ownerId } = await roleNamed(contextFor(services(), null), organization.id, 'owner');
      const email = freshEmail();
      const { signInUrl } = await invite({ email, roleId: ownerId });
      const held = ['member.*', 'api.key.view', 'team.view', 'organization.view'];
      const ctx = contextFor(services(), memberOf(organization.id, held));
      await expect(inviteMember(ctx, { email, roleId })).rejects.toMatchObject({ permissions: ['*'] });
      expect((await open(signInUrl)).can(organization.id, 'organization.manage')).toBe(true);
    });

    test('not to be a key that is bound to teams: a member is bound to none', async () => {
      const { ctx: owner, organization, roleId } = await setUp();
      const { result: team } = await createTeam(owner, { name: 'Platform' });
      const ctx = boundKey(services(), organization.id, ['*'], [team.id]);
      const refused = inviteMember(ctx, { email: freshEmail(), roleId, teamIds: [team.id] });
      await expect(refused).rejects.toThrow(ForbiddenError);
    });
  });

  describe('by a member or a key opens that organization alone', () => {
    async function takeOver() {
      const victim = await makePerson(services(), { role: 'owner' });
      const attacker = await setUp();
      const { signInUrl } = await attacker.invite({ email: victim.email });
      return { victim, attacker, signInUrl };
    }

    test('of somebody who is known elsewhere', async () => {
      const { victim, attacker, signInUrl } = await takeOver();
      const principal = await open(signInUrl);
      expect(principal).toMatchObject({
        userId: victim.userId,
        limitedTo: attacker.organization.id,
        organizationIds: [attacker.organization.id],
      });
      expect(principal.isOf(victim.organizationId)).toBe(false);
      expect(principal.permissionsIn(victim.organizationId)).toEqual([]);
    });

    test('also of somebody who joins others later, and joins none of them itself', async () => {
      const attacker = await setUp();
      const email = freshEmail();
      const { signInUrl } = await attacker.invite({ email });
      const other = await makePerson(services(), { email, role: 'owner', joined: false });
      await openSession(signInUrl);
      const joinedAt = async () => {
        const query = services().db.selectFrom('memberships').select('joined_at');
        return (await query.where('id', '=', other.membershipId).executeTakeFirst())?.joined_at;
      };
      expect(await joinedAt()).toBeNull();
      await signIn(nobody(services()), { token: await linkTokenOf(services(), other.userId) });
      expect(await joinedAt()).not.toBeNull();
    });

    test('and leaves no trace in the audit logs of the others', async () => {
      const { victim, signInUrl } = await takeOver();
      const before = services().events.length;
      await open(signInUrl);
      const seen = services().events.slice(before);
      expect(seen.map((event) => event.organizationId)).not.toContain(victim.organizationId);
    });

    test('and adds nothing to the person’s own sessions', async () => {
      const { victim, signInUrl } = await takeOver();
      const { token } = await sessionOf(services(), victim.userId);
      await open(signInUrl);
      const principal = await authenticateSession(services().db, services().clock, token);
      expect(principal?.organizationIds).toEqual([victim.organizationId]);
    });

    test('until the person confirms it, with a link of the operator', async () => {
      const { victim, attacker, signInUrl } = await takeOver();
      const own = await sessionOf(services(), victim.userId);
      const byLink = await openSession(signInUrl);
      await signIn(nobody(services()), { token: await linkTokenOf(services(), victim.userId) });
      const everywhere = [victim.organizationId, attacker.organization.id];
      expect(await authenticate(own.token)).toMatchObject({ organizationIds: everywhere });
      await expect(authenticate(byLink)).rejects.toThrow('not accepted');
    });
  });

  describe('by a member, accepted by somebody who is signed in', () => {
    async function accept(signInUrl: string, token: string): Promise<Principal> {
      const ctx = contextFor(services(), await authenticate(token));
      const { result } = await signIn(ctx, { token: tokenOf(signInUrl) });
      return authenticate(result.sessionToken);
    }

    test('as the same person, adds the organization to the others', async () => {
      const known = await makePerson(services());
      const { organization, invite } = await setUp();
      const { signInUrl } = await invite({ email: known.email });
      const { token } = await sessionOf(services(), known.userId);
      expect(await accept(signInUrl, token)).toMatchObject({
        limitedTo: null,
        organizationIds: [known.organizationId, organization.id],
      });
    });

    test('as the same person, but not everywhere, opens that organization alone', async () => {
      const email = freshEmail();
      const [one, two] = [await setUp(), await setUp()];
      const first = await openSession((await one.invite({ email })).signInUrl);
      const principal = await accept((await two.invite({ email })).signInUrl, first);
      expect(principal).toMatchObject({ organizationIds: [two.organization.id] });
    });

    test('as somebody else, opens that organization alone', async () => {
      const known = await makePerson(services());
      const other = await makePerson(services());
      const { organization, invite } = await setUp();
      const { signInUrl } = await invite({ email: known.email });
      const { token } = await sessionOf(services(), other.userId);
      expect(await accept(signInUrl, token)).toMatchObject({
        userId: known.userId,
        organizationIds: [organization.id],
      });
    });

    test('by a session that has ended meanwhile, opens that organization alone', async () => {
      const known = await makePerson(services());
      const { organization, invite } = await setUp();
      const { signInUrl } = await invite({ email: known.email });
      const { token, id } = await sessionOf(services(), known.userId);
      const ctx = contextFor(services(), await authenticate(token));
      await services().db.deleteFrom('sessions').where('id', '=', id).execute();
      const { result } = await signIn(ctx, { token: tokenOf(signInUrl) });
      const principal = await authenticate(result.sessionToken);
      expect(principal).toMatchObject({ organizationIds: [organization.id] });
    });
  });

  test('by an operator opens all of the person’s organizations', async () => {
    const known = await makePerson(services(), { role: 'member' });
    const { organization, roleId } = await setUp();
    const cli = keywright(services());
    const principal = await authenticateOperatorToken(
      services().db,
      (await createOperatorToken(cli, newId('op'))).token,
    );
    const ctx = contextFor(services(), principal);
    const { result } = await inviteMember(ctx, {
      organizationId: organization.id,
      email: known.email,
      roleId,
    });
    const person = await open(result.signInUrl);
    expect(person).toMatchObject({ limitedTo: null });
    expect(person.isOf(known.organizationId)).toBe(true);
    expect(person.isOf(organization.id)).toBe(true);
  });
});
