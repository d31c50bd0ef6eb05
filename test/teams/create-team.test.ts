import { expect, test } from 'vitest';
import { operatorPrincipal, userPrincipal } from '../../src/access/principal.ts';
import { ConflictError, NotFoundError, UnauthenticatedError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { listTeams } from '../../src/teams/list-teams.ts';
import { loadTeams } from '../../src/teams/team.ts';
import { auditOf } from '../support/audit.ts';
import { onEachDatabase } from '../support/databases.ts';
import { issuesOf } from '../support/refusals.ts';
import { contextFor, keyCaller, makeOrganization, memberOf, servicesOn } from '../support/services.ts';

onEachDatabase('creating a team', (engine) => {
  const services = servicesOn(engine);

  test('makes it and records it', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const { result: team } = await createTeam(ctx, { name: '  فريق 🚀 ' });
    expect(team).toEqual({
      id: expect.stringMatching(/^team_/),
      organizationId: organization.id,
      name: 'فريق 🚀',
      createdAt: services().clock.now(),
    });
    expect(await loadTeams(ctx.db, [team.id, newId('team')])).toEqual([team]);
    expect((await auditOf(ctx)).at(-1)).toMatchObject({
      action: 'team.created',
      actor: ctx.principal?.actor,
      target_id: team.id,
      changes: { name: [null, 'فريق 🚀'] },
    });
  });

  test('refuses a second one of the same name, upper and lower case alike', async () => {
    const { ctx } = await makeOrganization(services());
    await createTeam(ctx, { name: 'Größe' });
    for (const name of ['Größe', ' grÖße ', 'Größe'.normalize('NFD')])
      await expect(createTeam(ctx, { name })).rejects.toThrow(ConflictError);
    expect(await auditOf(ctx)).toHaveLength(2);
  });

  test('lets two organizations use the same name', async () => {
    for (const name of ['One', 'Two']) {
      const { ctx } = await makeOrganization(services(), name);
      await expect(createTeam(ctx, { name: 'Platform' })).resolves.toBeDefined();
    }
  });

  test('makes one of many with the same name at once', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const attempts = await Promise.allSettled(
      Array.from({ length: 8 }, () => createTeam(ctx, { name: 'Race' })),
    );
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await listTeams(ctx, organization.id, {})).edges).toHaveLength(1);
    expect((await auditOf(ctx)).map((row) => row.sequence)).toEqual([1, 2]);
  });

  test.each([
    ['', 'must not be empty'],
    ['a'.repeat(101), 'must have at most 100 characters'],
    ['line\nbreak', 'must not contain control characters'],
    ['\ud83d', 'must be well-formed Unicode'],
  ])('refuses the name %j', async (name, message) => {
    const { ctx } = await makeOrganization(services());
    expect(await issuesOf(createTeam(ctx, { name }))).toEqual([{ path: ['input', 'name'], message }]);
  });

  test('needs team.manage', async () => {
    const { organization } = await makeOrganization(services());
    const create = (permissions: string[]) =>
      createTeam(contextFor(services(), memberOf(organization.id, permissions)), { name: 'A' });
    await expect(create(['team.view', 'api.key.*'])).rejects.toMatchObject({ permission: 'team.manage' });
    await expect(create(['team.*'])).resolves.toBeDefined();
    await expect(createTeam(contextFor(services(), null), { name: 'A' })).rejects.toThrow(
      UnauthenticatedError,
    );
  });

  test('needs it in that organization, not in another', async () => {
    const { organization: one } = await makeOrganization(services(), 'One');
    const { organization: two } = await makeOrganization(services(), 'Two');
    const held = new Map([
      [one.id, ['*']],
      [two.id, ['team.view']],
    ]);
    const ctx = contextFor(services(), userPrincipal(newId('user'), newId('ses'), held));
    await expect(createTeam(ctx, { organizationId: two.id, name: 'A' })).rejects.toMatchObject({
      permission: 'team.manage',
    });
    await expect(createTeam(ctx, { organizationId: one.id, name: 'A' })).resolves.toBeDefined();
    expect(await issuesOf(createTeam(ctx, { name: 'B' }))).toEqual([
      {
        path: ['input', 'organizationId'],
        message: `is required because you belong to more than one organization: ${one.id}, ${two.id}`,
      },
    ]);
  });

  test('knows no other organization, and none that is not there', async () => {
    const { ctx } = await makeOrganization(services());
    const { organization: other } = await makeOrganization(services(), 'Other');
    const operator = contextFor(services(), operatorPrincipal(newId('op'), 'back-end'));
    for (const [asked, organizationId] of [
      [ctx, other.id],
      [ctx, newId('org')],
      [ctx, 'org_nonsense'],
      [operator, newId('org')],
      [operator, 'org_\0'],
    ] as const) {
      const refused = createTeam(asked, { organizationId, name: 'A' });
      await expect(refused).rejects.toThrow(NotFoundError);
      await expect(refused).rejects.toMatchObject({ id: organizationId });
    }
  });

  test('works for keys and operators', async () => {
    const { organization } = await makeOrganization(services());
    const organizationId = organization.id;
    const byKey = await createTeam(contextFor(services(), keyCaller(organizationId, ['team.manage'])), {
      name: 'By a key',
    });
    expect(byKey.result.organizationId).toBe(organizationId);
    const operator = contextFor(services(), operatorPrincipal(newId('op'), 'back-end'));
    const [issue] = await issuesOf(createTeam(operator, { name: 'A' }));
    expect(issue?.path).toEqual(['input', 'organizationId']);
    const byOperator = await createTeam(operator, { organizationId, name: 'By an operator' });
    const { db } = services();
    const row = await db
      .selectFrom('audit_log')
      .select('actor')
      .where('target_id', '=', byOperator.result.id)
      .executeTakeFirst();
    expect(row?.actor).toBe('operator:back-end');
  });
});
