import { loadTeamsOfMemberships } from '../src/members/membership.ts';
import { builder } from './builder.ts';
import { nullIfMissing } from './loaded.ts';
import { findsNode } from './node.ts';
import { MembershipRef, OrganizationRef, RoleRef, TeamRef, UserRef } from './refs.ts';
import { loadKnownUser } from './user.ts';

builder.objectType(MembershipRef, {
  description: 'A person’s place in an organization',
  fields: (t) => ({
    email: t.exposeString('email', { description: 'The address that was invited, in lower case' }),
    name: t.exposeString('name', {
      nullable: true,
      description: 'The person’s name in the organization; null if only the address is known',
    }),
    user: t.field({
      type: UserRef,
      nullable: true,
      description: 'The person; null until they have joined',
      resolve: ({ userId, organizationId, joinedAt }, _args, ctx) =>
        joinedAt === null ? null : loadKnownUser(ctx, { userId, organizationId }),
    }),
    organization: t.field({
      type: OrganizationRef,
      description: 'The organization',
      resolve: (membership) => membership.organizationId,
    }),
    role: t.field({
      type: RoleRef,
      description: 'What the person may do there',
      resolve: (membership) => membership.roleId,
    }),
    teams: t.loadableList({
      type: TeamRef,
      description: 'The teams the person is in, by name',
      load: async (ids: string[], ctx) => {
        const teams = await loadTeamsOfMemberships(ctx.db, ids);
        return ids.map((id) => teams.get(id) ?? []);
      },
      resolve: (membership) => membership.id,
    }),
    joinedAt: t.expose('joinedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the person first signed in; null: invited, not yet joined',
    }),
  }),
});

findsNode('Membership', async (id, ctx) => {
  const membership = await MembershipRef.getDataloader(ctx).load(id).catch(nullIfMissing);
  return membership && ctx.principal?.can(membership.organizationId, 'member.view') ? membership : null;
});
