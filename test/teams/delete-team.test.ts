import { expect, test } from 'vitest';
import { ConflictError, NotFoundError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { loadTeamsOfMemberships } from '../../src/members/membership.ts';
import { updateMember } from '../../src/members/update-member.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { deleteTeam } from '../../src/teams/delete-team.ts';
import { loadTeams } from '../../src/teams/team.ts';
import { addMember } from '../organizations/people.ts';
import { auditOf } from '../support/audit.ts';
import { onEachDatabase } from '../support/databases.ts';
import { copyKey } from '../support/many-keys.ts';
import { Notes } from '../support/plans.ts';
import { contextFor, makeOrganization, memberOf, servicesOn } from '../support/services.ts';
import { countTurns } from '../support/turns.ts';

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

  test('unbinds many revoked keys in batches, between which requests are answered, and none where it stays', async () => {
    const { ctx, team } = await setUp();
    const make = async (name: string) =>
      (await createApiKey(ctx, { name, teamIds: [team.id] })).result.apiKey.id;
    const [revoked, other] = [await make('Revoked'), await make('Other')];
    await revokeApiKey(ctx, { id: revoked });
    await copyKey({ services: services() }, revoked, 2_500);
    const copies = await ctx.db.selectFrom('api_keys').select('id').where('name', '=', 'Revoked').execute();
    const unbound = copies.filter(({ id }) => id !== revoked);
    for (let done = 0; done < unbound.length; done += 500) {
      const rows = unbound.slice(done, done + 500).map(({ id }) => ({ api_key_id: id, team_id: team.id }));
      await ctx.db.insertInto('api_key_teams').values(rows).execute();
    }
    const bound = async () =>
      (await ctx.db.selectFrom('api_key_teams').select('team_id').where('team_id', '=', team.id).execute())
        .length;
    await expect(deleteTeam(ctx, { id: team.id })).rejects.toThrow(ConflictError);
    expect(await bound()).toBe(2_502);
    await updateApiKey(ctx, { id: other, teamIds: [] });
    const notes = new Notes(engine);
    const turns = countTurns();
    await deleteTeam({ ...ctx, db: notes.on(services()).db }, { id: team.id });
    turns.stop();
    // The keys of the team are read where requests are answered only when few are left.
    const checks = notes.take().filter(({ sql }) => /from "api_key_teams" inner join "api_keys"/.test(sql));
    expect(checks).toHaveLength(1);
    expect(turns.count).toBeGreaterThanOrEqual(2);
    expect(await bound()).toBe(0);
    const entries = (await auditOf(ctx, team.id)).slice(-2);
    expect(entries.map(({ action, changes }) => [action, changes.revokedApiKeys])).toEqual([
      ['team.updated', ['bound', null]],
      ['team.deleted', undefined],
    ]);
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
