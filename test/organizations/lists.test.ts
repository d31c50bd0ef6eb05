import { expect, test } from 'vitest';
import type { Page, PageArgs } from '../../db/queries/page.ts';
import type { GraphQLContext } from '../../schema/context.ts';
import { ALL_KEYS } from '../../src/access/key-scope.ts';
import { operatorPrincipal, systemPrincipal, userPrincipal } from '../../src/access/principal.ts';
import { write } from '../../src/command.ts';
import { ForbiddenError, NotFoundError, UnauthenticatedError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { joinOrganization } from '../../src/members/join-organization.ts';
import { listMembers } from '../../src/members/list-members.ts';
import { loadMemberships, loadTeamsOfMemberships } from '../../src/members/membership.ts';
import { loadUsers } from '../../src/members/user.ts';
import { listOrganizations } from '../../src/organizations/list-organizations.ts';
import { loadOrganizations } from '../../src/organizations/organization.ts';
import { listRoles } from '../../src/roles/list-roles.ts';
import { countUsesOfRoles, loadRoles } from '../../src/roles/role.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { listTeams } from '../../src/teams/list-teams.ts';
import { loadTeams } from '../../src/teams/team.ts';
import { onEachDatabase } from '../support/databases.ts';
import {
  contextFor,
  keyCaller,
  makeOrganization,
  memberOf,
  roleNamed,
  servicesOn,
} from '../support/services.ts';

function names(page: Page<{ readonly name: string }>): string[] {
  return page.edges.map((edge) => edge.node.name);
}

async function join(ctx: GraphQLContext, organizationId: string, email: string, role = 'member') {
  const { id: roleId } = await roleNamed(ctx, organizationId, role);
  const cli = { ...ctx, principal: systemPrincipal('cli') };
  const member = { organizationId, email, name: null, roleId };
  return (await write(cli, (change) => joinOrganization(change, member))).result;
}

onEachDatabase('listing teams', (engine) => {
  const services = servicesOn(engine);

  test('goes from the oldest on, page by page and back, and counts only when asked', async () => {
    const { ctx, organization } = await makeOrganization(services());
    for (const name of ['C', 'A', 'D', 'B']) {
      await createTeam(ctx, { name });
      services().clock.advance(1);
    }
    const list = (args: PageArgs) => listTeams(ctx, organization.id, args);
    const first = await list({ first: 3 });
    expect(names(first)).toEqual(['C', 'A', 'D']);
    expect([await first.hasNextPage(), await first.hasPreviousPage()]).toEqual([true, false]);
    const next = await list({ first: 3, after: first.edges.at(-1)?.cursor });
    expect(names(next)).toEqual(['B']);
    expect(await next.hasNextPage()).toBe(false);
    expect(names(await list({ last: 2, before: next.edges[0]?.cursor }))).toEqual(['A', 'D']);
    const totals = () =>
      services().statements.filter((statement) => statement.startsWith('select count(*) as count')).length;
    expect(totals()).toBe(0);
    expect(await first.totalCount()).toBe(4);
    expect(totals()).toBe(1);
  });

  test('refuses a cursor of another list', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const roles = await listRoles(ctx, organization.id, {});
    await expect(listTeams(ctx, organization.id, { after: roles.edges[0]?.cursor })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
  });
});

onEachDatabase('listing members', (engine) => {
  const services = servicesOn(engine);

  test('shows those of the organization, or of one team of it', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const { organization: other } = await makeOrganization(services(), 'Other');
    const ada = await join(ctx, organization.id, 'ada@example.com', 'owner');
    services().clock.advance(1);
    const bob = await join(ctx, organization.id, 'bob@example.com');
    const abroad = await join(ctx, other.id, 'ada@example.com');
    expect(abroad.userId).toBe(ada.userId);
    const { result: team } = await createTeam(ctx, { name: 'Team' });
    const inTeam = { membership_id: bob.membershipId, team_id: team.id };
    await ctx.db.insertInto('membership_teams').values(inTeam).execute();
    const ids = async (teamId?: string) => {
      const filter = teamId === undefined ? {} : { teamId };
      return (await listMembers(ctx, organization.id, filter, {})).edges.map((edge) => edge.node.id);
    };
    expect(await ids()).toEqual([ada.membershipId, bob.membershipId]);
    expect(await ids(team.id)).toEqual([bob.membershipId]);
    expect(await ids(newId('team'))).toEqual([]);
    expect(await ids('team_\0')).toEqual([]);
  });
});

onEachDatabase('listing organizations', (engine) => {
  const services = servicesOn(engine);

  test('shows each caller its own, the oldest first, and an operator all', async () => {
    const made = [];
    for (const name of ['One', 'Two', 'Three']) {
      made.push((await makeOrganization(services(), name)).organization);
      services().clock.advance(1);
    }
    const [one, two, three] = made.map((organization) => organization.id);
    if (!one || !two || !three) throw new Error('There are three');
    const list = async (principal: GraphQLContext['principal']) =>
      names(await listOrganizations(contextFor(services(), principal), {}));
    const user = userPrincipal(
      newId('user'),
      newId('ses'),
      new Map([
        [three, []],
        [one, []],
      ]),
    );
    expect(await list(user)).toEqual(['One', 'Three']);
    expect(await list(keyCaller(two, []))).toEqual(['Two']);
    expect(await list(userPrincipal(newId('user'), newId('ses'), new Map()))).toEqual([]);
    expect(await list(operatorPrincipal(newId('op'), 'back-end'))).toEqual(['One', 'Two', 'Three']);
    await expect(list(null)).rejects.toThrow(UnauthenticatedError);
  });
});

onEachDatabase('each list of an organization', (engine) => {
  const services = servicesOn(engine);
  const lists = [
    ['team.view', (ctx: GraphQLContext, id: string) => listTeams(ctx, id, {})],
    ['role.view', (ctx: GraphQLContext, id: string) => listRoles(ctx, id, {})],
    ['member.view', (ctx: GraphQLContext, id: string) => listMembers(ctx, id, {}, {})],
  ] as const;

  test.each(lists)('needs %s', async (permission, list) => {
    const { organization } = await makeOrganization(services());
    const { id } = organization;
    const asked = (permissions: string[]) => list(contextFor(services(), memberOf(id, permissions)), id);
    await expect(asked([permission])).resolves.toBeDefined();
    await expect(asked(['api.key.*', 'organization.*'])).rejects.toThrow(ForbiddenError);
    await expect(asked([])).rejects.toMatchObject({ permission });
    await expect(list(contextFor(services(), null), id)).rejects.toThrow(UnauthenticatedError);
  });

  test.each(lists)('with %s shows no other organization', async (_permission, list) => {
    const { ctx } = await makeOrganization(services());
    const { organization: other } = await makeOrganization(services(), 'Other');
    const operator = contextFor(services(), operatorPrincipal(newId('op'), 'back-end'));
    await expect(list(operator, other.id)).resolves.toBeDefined();
    await expect(list(ctx, other.id)).rejects.toThrow(NotFoundError);
    await expect(list(operator, newId('org'))).rejects.toThrow(NotFoundError);
    await expect(list(operator, 'org_\0')).rejects.toThrow(NotFoundError);
  });
});

onEachDatabase('loading by ids', (engine) => {
  const services = servicesOn(engine);

  test('gives what there is, by one query', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const { userId, membershipId } = await join(ctx, organization.id, 'ada@example.com');
    const role = await roleNamed(ctx, organization.id, 'member');
    const { result: team } = await createTeam(ctx, { name: 'Team' });
    const before = services().statements.length;
    expect(await loadOrganizations(ctx.db, [newId('org'), organization.id])).toEqual([organization]);
    expect(await loadTeams(ctx.db, [team.id])).toEqual([team]);
    expect(await loadRoles(ctx.db, [role.id])).toEqual([role]);
    expect(await loadUsers(ctx.db, [userId])).toEqual([{ id: userId, name: null, email: 'ada@example.com' }]);
    const now = services().clock.now();
    expect(await loadMemberships(ctx.db, [membershipId])).toEqual([
      {
        id: membershipId,
        organizationId: organization.id,
        userId,
        email: 'ada@example.com',
        name: null,
        roleId: role.id,
        createdAt: now,
        joinedAt: now,
      },
    ]);
    expect(services().statements.length).toBe(before + 5);
  });

  test('asks nobody for nothing', async () => {
    const { db, statements } = services();
    const before = statements.length;
    for (const load of [loadOrganizations, loadTeams, loadRoles, loadUsers, loadMemberships])
      expect(await load(db, [])).toEqual([]);
    expect((await loadTeamsOfMemberships(db, [])).size).toBe(0);
    expect((await countUsesOfRoles(services(), [], ALL_KEYS)).size).toBe(0);
    expect(statements.length).toBe(before);
  });

  test('gives the teams of each membership by name', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const { membershipId } = await join(ctx, organization.id, 'ada@example.com');
    for (const name of ['beta', 'Alpha', 'Gamma']) {
      const { result } = await createTeam(ctx, { name });
      const row = { membership_id: membershipId, team_id: result.id };
      await ctx.db.insertInto('membership_teams').values(row).execute();
    }
    const teams = await loadTeamsOfMemberships(ctx.db, [membershipId, newId('mem')]);
    expect(teams.get(membershipId)?.map((team) => team.name)).toEqual(['Alpha', 'beta', 'Gamma']);
    expect(teams.size).toBe(1);
  });

  test('counts members and keys of roles, without revoked keys', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const member = await roleNamed(ctx, organization.id, 'member');
    const admin = await roleNamed(ctx, organization.id, 'admin');
    await join(ctx, organization.id, 'ada@example.com');
    await join(ctx, organization.id, 'bob@example.com');
    await createApiKey(ctx, { name: 'Kept', roleId: member.id });
    const revoked = await createApiKey(ctx, { name: 'Revoked', roleId: member.id });
    await revokeApiKey(ctx, { id: revoked.result.apiKey.id });
    const uses = await countUsesOfRoles(ctx, [member, admin], ALL_KEYS);
    expect(Object.fromEntries(uses)).toEqual({
      [member.id]: { members: 2, apiKeys: 1 },
      [admin.id]: { members: 0, apiKeys: 0 },
    });
  });
});
