import { isTeamInScope } from '../../src/access/key-scope.ts';
import { ConflictError, NotFoundError, ValidationError } from '../../src/core/errors.ts';
import { listMembers } from '../../src/members/list-members.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { deleteTeam } from '../../src/teams/delete-team.ts';
import { updateTeam } from '../../src/teams/update-team.ts';
import { builder } from '../builder.ts';
import { connectionCost, toConnection } from '../connection.ts';
import { nullIfMissing } from '../loaded.ts';
import { mutation } from '../mutation.ts';
import { findsNode } from '../node.ts';
import { PROPAGATION_FIELD } from '../propagation.ts';
import { MembershipConnection, MembershipRef, OrganizationRef, TeamRef } from '../refs.ts';
import { countedScan } from '../scan.ts';
import { shareRead } from '../shared-reads.ts';
import { ORGANIZATION_ID } from './missing-organization.ts';

builder.objectType(TeamRef, {
  description: 'A group within an organization. Members belong to teams, and API keys can be bound to teams',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name of the team, unique in the organization' }),
    organization: t.field({
      type: OrganizationRef,
      description: 'Organization that the team belongs to',
      resolve: (team) => team.organizationId,
    }),
    members: t.connection(
      {
        type: MembershipRef,
        nullable: true,
        description: 'Members of the team. Requires `member.view`',
        authScopes: (team) => ({ permissionIn: [team.organizationId, 'member.view'] }),
        complexity: connectionCost,
        extensions: { scan: countedScan('memberships', 'share') },
        resolve: async (team, args, ctx) => {
          const read = () => listMembers(ctx, team.organizationId, { teamId: team.id }, args);
          return toConnection(await shareRead(ctx, 'team.members', [team.id, args], read));
        },
      },
      MembershipConnection,
    ),
  }),
});

findsNode('Team', async (id, ctx) => {
  const team = await TeamRef.getDataloader(ctx).load(id).catch(nullIfMissing);
  return team &&
    ctx.principal?.can(team.organizationId, 'team.view') &&
    isTeamInScope(ctx.principal.keyScope, id)
    ? team
    : null;
});

const teamField = { type: TeamRef, description: 'The team' } as const;

mutation('createTeam', {
  description: 'Creates a team. Requires `team.manage`',
  permission: 'team.manage',
  argument: 'The team to create',
  input: (t) => ({
    organizationId: t.id({ description: ORGANIZATION_ID }),
    name: t.string({
      required: true,
      description: 'Name of the team: 1 to 100 characters, unique in the organization',
    }),
  }),
  errors: [ValidationError, NotFoundError, ConflictError],
  result: 'The new team, or an error',
  resolve: async (ctx, input) => ({ team: (await createTeam(ctx, input)).result }),
  payload: {
    description: 'Result of creating a team',
    fields: (t) => ({ team: t.expose('team', teamField) }),
  },
});

mutation('updateTeam', {
  description: 'Renames a team. Requires `team.manage`',
  permission: 'team.manage',
  argument: 'The changes to make',
  note: 'Omitted fields keep their value',
  input: (t) => ({
    id: t.id({ required: true, description: 'ID of the team: `team_…`' }),
    name: t.string({
      description: 'Name of the team: 1 to 100 characters, unique in the organization. Can’t be null',
    }),
  }),
  errors: [ValidationError, NotFoundError, ConflictError],
  result: 'The updated team, or an error',
  resolve: async (ctx, input) => ({ team: (await updateTeam(ctx, input)).result }),
  payload: {
    description: 'Result of updating a team',
    fields: (t) => ({ team: t.expose('team', teamField) }),
  },
});

mutation('deleteTeam', {
  description:
    'Deletes a team. Its members stay in the organization. Fails with a ConflictError while keys that are not revoked are bound to the team: without it, they could be accepted for every team. Revoked keys are unbound. If there are many, they are unbound before the deletion, and stay unbound if it then fails because a key has been bound to the team in the meantime. Requires `team.manage`',
  permission: 'team.manage',
  argument: 'The team to delete',
  input: (t) => ({ id: t.id({ required: true, description: 'ID of the team: `team_…`' }) }),
  errors: [NotFoundError, ConflictError],
  result: 'The ID of the deleted team, or an error',
  resolve: async (ctx, input) => {
    const { result, propagation } = await deleteTeam(ctx, input);
    return { deletedId: result, propagation };
  },
  payload: {
    description: 'Result of deleting a team',
    fields: (t) => ({
      deletedId: t.exposeID('deletedId', { description: 'ID of the deleted team' }),
      propagation: t.expose('propagation', PROPAGATION_FIELD),
    }),
  },
});
