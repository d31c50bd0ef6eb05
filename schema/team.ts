import { isTeamInScope } from '../src/access/key-scope.ts';
import type { Propagation } from '../src/cluster/bus.ts';
import { ConflictError, NotFoundError, ValidationError } from '../src/core/errors.ts';
import { listMembers } from '../src/members/list-members.ts';
import { createTeam } from '../src/teams/create-team.ts';
import { deleteTeam } from '../src/teams/delete-team.ts';
import type { Team } from '../src/teams/team.ts';
import { updateTeam } from '../src/teams/update-team.ts';
import { builder } from './builder.ts';
import { connectionCost, toConnection } from './connection.ts';
import { nullIfMissing } from './loaded.ts';
import { findsNode } from './node.ts';
import { ORGANIZATION_LEFT_OUT } from './organization-left-out.ts';
import { PROPAGATION_SHOWN } from './propagation.ts';
import { MembershipConnection, MembershipRef, OrganizationRef, TeamRef } from './refs.ts';
import { countedScan } from './scan.ts';
import { shareRead } from './shared-reads.ts';

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
        nullable: true,
        description: 'Who is in the team',
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

const CreateTeamInput = builder.inputType('CreateTeamInput', {
  description: 'A new team',
  fields: (t) => ({
    organizationId: t.id({
      description: ORGANIZATION_LEFT_OUT,
    }),
    name: t.string({ required: true, description: '1 to 100 characters, unique in the organization' }),
  }),
});

const UpdateTeamInput = builder.inputType('UpdateTeamInput', {
  description: 'Changes of a team; what is left out stays',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The team' }),
    name: t.string({ description: '1 to 100 characters, unique in the organization; can’t be null' }),
  }),
});

const DeleteTeamInput = builder.inputType('DeleteTeamInput', {
  description: 'The end of a team',
  fields: (t) => ({ id: t.id({ required: true, description: 'The team' }) }),
});

function payload(name: string, description: string) {
  return builder.objectRef<{ team: Team }>(name).implement({
    description,
    fields: (t) => ({ team: t.expose('team', { type: TeamRef, description: 'The team as it is now' }) }),
  });
}

const CreateTeamPayload = payload('CreateTeamPayload', 'The team was made');
const UpdateTeamPayload = payload('UpdateTeamPayload', 'The team was changed');

const DeleteTeamPayload = builder
  .objectRef<{ deletedId: string; propagation: Propagation }>('DeleteTeamPayload')
  .implement({
    description: 'The team was deleted',
    fields: (t) => ({
      deletedId: t.exposeID('deletedId', { description: 'The id that it had' }),
      propagation: t.expose('propagation', PROPAGATION_SHOWN),
    }),
  });

builder.mutationFields((t) => ({
  createTeam: t.field({
    type: CreateTeamPayload,
    nullable: true,
    description: 'Makes a team. Needs `team.manage`',
    authScopes: { permission: 'team.manage' },
    errors: {
      types: [ValidationError, NotFoundError, ConflictError],
      union: { name: 'CreateTeamResult', description: 'The new team, or why there is none' },
    },
    args: { input: t.arg({ type: CreateTeamInput, required: true, description: 'What to make' }) },
    resolve: async (_root, { input }, ctx) => ({ team: (await createTeam(ctx, input)).result }),
  }),
  updateTeam: t.field({
    type: UpdateTeamPayload,
    nullable: true,
    description: 'Renames a team. Needs `team.manage`',
    authScopes: { permission: 'team.manage' },
    errors: {
      types: [ValidationError, NotFoundError, ConflictError],
      union: { name: 'UpdateTeamResult', description: 'The team, or why it stayed as it was' },
    },
    args: { input: t.arg({ type: UpdateTeamInput, required: true, description: 'What to change' }) },
    resolve: async (_root, { input }, ctx) => ({ team: (await updateTeam(ctx, input)).result }),
  }),
  deleteTeam: t.field({
    type: DeleteTeamPayload,
    nullable: true,
    description:
      'Deletes a team; its members stay in the organization. Refused while unrevoked keys are bound to it, which could be left bound to none, and so be accepted for every team. Revoked keys lose the team. If there are many of them, they lose it first, even if the deletion then fails with a ConflictError because a key has been bound to the team. Needs `team.manage`',
    authScopes: { permission: 'team.manage' },
    errors: {
      types: [NotFoundError, ConflictError],
      union: { name: 'DeleteTeamResult', description: 'The id of the team, or why it stayed' },
    },
    args: { input: t.arg({ type: DeleteTeamInput, required: true, description: 'What to delete' }) },
    resolve: async (_root, { input }, ctx) => {
      const { result, propagation } = await deleteTeam(ctx, input);
      return { deletedId: result, propagation };
    },
  }),
}));
