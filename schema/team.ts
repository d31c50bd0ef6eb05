import { ConflictError, NotFoundError, ValidationError } from '../src/core/errors.ts';
import { createTeam } from '../src/organizations/create-team.ts';
import { listMembers } from '../src/organizations/list-members.ts';
import type { Team } from '../src/organizations/team.ts';
import { builder } from './builder.ts';
import { connectionCost, toConnection } from './connection.ts';
import { nullIfMissing } from './loaded.ts';
import { findsNode } from './node.ts';
import { MembershipConnection, MembershipRef, OrganizationRef, TeamRef } from './refs.ts';

builder.objectType(TeamRef, {
  description: 'A part of an organization that members and keys can be bound to',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Unique in the organization' }),
    organization: t.field({
      type: OrganizationRef,
      description: 'The organization it is a part of',
      resolve: (team) => team.organizationId,
    }),
    members: t.connection(
      {
        type: MembershipRef,
        description: 'Who is in the team',
        authScopes: (team) => ({ permissionIn: [team.organizationId, 'member.view'] }),
        complexity: connectionCost,
        resolve: async (team, args, ctx) =>
          toConnection(await listMembers(ctx, team.organizationId, { teamId: team.id }, args)),
      },
      MembershipConnection,
    ),
  }),
});

findsNode('Team', async (id, ctx) => {
  const team = await TeamRef.getDataloader(ctx).load(id).catch(nullIfMissing);
  return team && ctx.principal?.can(team.organizationId, 'team.view') ? team : null;
});

const CreateTeamInput = builder.inputType('CreateTeamInput', {
  description: 'A new team',
  fields: (t) => ({
    organizationId: t.id({
      description: 'May be left out by an API key, or a user of a single organization',
    }),
    name: t.string({ required: true, description: '1 to 100 characters, unique in the organization' }),
  }),
});

const CreateTeamPayload = builder.objectRef<{ team: Team }>('CreateTeamPayload').implement({
  description: 'The team was made',
  fields: (t) => ({ team: t.expose('team', { type: TeamRef, description: 'The new team' }) }),
});

builder.mutationField('createTeam', (t) =>
  t.field({
    type: CreateTeamPayload,
    description: 'Makes a team. Needs `team.manage`',
    authScopes: { permission: 'team.manage' },
    errors: {
      types: [ValidationError, NotFoundError, ConflictError],
      union: { name: 'CreateTeamResult', description: 'The new team, or why there is none' },
    },
    args: { input: t.arg({ type: CreateTeamInput, required: true, description: 'What to make' }) },
    resolve: async (_root, { input }, ctx) => ({ team: (await createTeam(ctx, input)).result }),
  }),
);
