import { expect, test } from 'vitest';
import { ConflictError, NotFoundError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { createTeam } from '../../src/organizations/create-team.ts';
import { deleteTeam } from '../../src/organizations/delete-team.ts';
import { loadTeamsOfMemberships } from '../../src/organizations/membership.ts';
import { loadTeams } from '../../src/organizations/team.ts';
import { updateMember } from '../../src/organizations/update-member.ts';
import { auditOf } from '../support/audit.ts';
import { onEachDatabase } from '../support/databases.ts';
import { contextFor, makeOrganization, memberOf, servicesOn } from '../support/services.ts';
import { addMember } from './people.ts';

onEachDatabase('deleting a team', (engine) => {
  const services = servicesOn(engine);

  async function setUp() {
    const { ctx, organization } = await makeOrganization(services());
    return { ctx, organization, team: (await createTeam(ctx, { name: 'Platform' })).result };
  }

  test('deletes it and records its name', async () => {
    const { ctx, team } = await setUp();
    expect((await deleteTeam(ctx, { id: team.id })).result).toBe(team.id);
    expect(await loadTeams(ctx.db, [team.id])).toEqual([]);
    expect((await auditOf(ctx, team.id)).at(-1)).toMatchObject({
      action: 'team.deleted',
      actor: ctx.principal?.actor,
      changes: { name: ['Platform', null] },
    });
    await expect(deleteTeam(ctx, { id: team.id })).rejects.toThrow(NotFoundError);
  });

  test('leaves its members in the organization, and in their other teams', async () => {
    const { ctx, organization, team } = await setUp();
    const { result: other } = await createTeam(ctx, { name: 'Other' });
    const { membershipId } = await addMember(services(), organization.id, 'member');
    await updateMember(ctx, { id: membershipId, teamIds: [team.id, other.id] });
    await deleteTeam(ctx, { id: team.id });
    expect((await loadTeamsOfMemberships(ctx.db, [membershipId])).get(membershipId)).toEqual([other]);
  });

  test('is refused while a key is bound to it, which would be accepted for every team', async () => {
    const { ctx, team } = await setUp();
    const { result } = await createApiKey(ctx, { name: 'A key', teamIds: [team.id] });
    const { id } = result.apiKey;
    await expect(deleteTeam(ctx, { id: team.id })).rejects.toThrow(ConflictError);
    await updateApiKey(ctx, { id, enabled: false });
    await expect(deleteTeam(ctx, { id: team.id })).rejects.toThrow(ConflictError);
    await revokeApiKey(ctx, { id });
    await expect(deleteTeam(ctx, { id: team.id })).resolves.toBeDefined();
  });

  test('and binding a key to it at the same time never leaves a key unbound', async () => {
    const { ctx } = await setUp();
    for (let round = 0; round < 5; round += 1) {
      const { result: team } = await createTeam(ctx, { name: `Round ${round}` });
      const [deleted, made] = await Promise.allSettled([
        deleteTeam(ctx, { id: team.id }),
        createApiKey(ctx, { name: 'A key', teamIds: [team.id] }),
      ]);
      expect([deleted.status, made.status].sort()).toEqual(['fulfilled', 'rejected']);
    }
  });

  test('needs team.manage, and knows no team of another organization', async () => {
    const { organization, team } = await setUp();
    const viewer = contextFor(services(), memberOf(organization.id, ['team.view']));
    await expect(deleteTeam(viewer, { id: team.id })).rejects.toMatchObject({ permission: 'team.manage' });
    const { ctx: stranger } = await makeOrganization(services());
    for (const id of [team.id, newId('team'), 'team_\0'])
      await expect(deleteTeam(stranger, { id })).rejects.toMatchObject({ code: 'NOT_FOUND', id });
  });
});
