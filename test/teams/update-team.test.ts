import { expect, test } from 'vitest';
import { ConflictError, NotFoundError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { loadTeams } from '../../src/teams/team.ts';
import { updateTeam } from '../../src/teams/update-team.ts';
import { auditOf } from '../support/audit.ts';
import { onEachDatabase } from '../support/databases.ts';
import { issuesOf } from '../support/refusals.ts';
import { contextFor, makeOrganization, memberOf, servicesOn } from '../support/services.ts';

onEachDatabase('renaming a team', (engine) => {
  const services = servicesOn(engine);

  async function setUp() {
    const { ctx, organization } = await makeOrganization(services());
    return { ctx, organization, team: (await createTeam(ctx, { name: 'Platform' })).result };
  }

  test('renames it and records both names', async () => {
    const { ctx, team } = await setUp();
    const { result } = await updateTeam(ctx, { id: team.id, name: ' Payments ' });
    expect(result).toEqual({ ...team, name: 'Payments' });
    expect(await loadTeams(ctx.db, [team.id])).toEqual([result]);
    expect((await auditOf(ctx, team.id)).at(-1)).toMatchObject({
      action: 'team.updated',
      actor: ctx.principal?.actor,
      changes: { name: ['Platform', 'Payments'] },
    });
    await expect(createTeam(ctx, { name: 'Platform' })).resolves.toBeDefined();
  });

  test('writes nothing where nothing differs', async () => {
    const { ctx, team } = await setUp();
    for (const change of [{}, { name: 'Platform' }, { name: ' Platform' }])
      expect((await updateTeam(ctx, { id: team.id, ...change })).result).toEqual(team);
    expect(await auditOf(ctx, team.id)).toHaveLength(1);
  });

  test('refuses a name that another has, but not the own in other letters', async () => {
    const { ctx, team } = await setUp();
    await createTeam(ctx, { name: 'Größe' });
    await expect(updateTeam(ctx, { id: team.id, name: 'GRÖßE' })).rejects.toThrow(ConflictError);
    expect((await updateTeam(ctx, { id: team.id, name: 'PLATFORM' })).result.name).toBe('PLATFORM');
  });

  test('gives one of two the name that both want at once', async () => {
    const { ctx, team } = await setUp();
    const { result: other } = await createTeam(ctx, { name: 'Other' });
    const outcomes = await Promise.allSettled(
      [team.id, other.id].map((id) => updateTeam(ctx, { id, name: 'Race' })),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test.each([
    [null, "can't be null"],
    ['', 'must not be empty'],
    ['a'.repeat(101), 'must have at most 100 characters'],
  ])('refuses the name %j', async (name, message) => {
    const { ctx, team } = await setUp();
    expect(await issuesOf(updateTeam(ctx, { id: team.id, name }))).toEqual([
      { path: ['input', 'name'], message },
    ]);
  });

  test('needs team.manage, and knows no team of another organization', async () => {
    const { organization, team } = await setUp();
    const viewer = contextFor(services(), memberOf(organization.id, ['team.view', 'role.*']));
    await expect(updateTeam(viewer, { id: team.id, name: 'A' })).rejects.toMatchObject({
      permission: 'team.manage',
    });
    const { ctx: stranger } = await makeOrganization(services());
    for (const id of [team.id, newId('team'), newId('role'), 'team_\0']) {
      const refused = updateTeam(stranger, { id, name: '' });
      await expect(refused).rejects.toThrow(NotFoundError);
      await expect(refused).rejects.toMatchObject({ id, message: 'No team found with this ID' });
    }
  });
});
