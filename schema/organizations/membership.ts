import { loadTeamsOfMemberships } from '../../src/members/membership.ts';
import { builder } from '../builder.ts';
import { nullIfMissing } from '../loaded.ts';
import { findsNode } from '../node.ts';
import { loadKnownUser } from '../people/user.ts';
import { MembershipRef, OrganizationRef, RoleRef, TeamRef, UserRef } from '../refs.ts';

builder.objectType(MembershipRef, {
  description: 'A person’s membership in an organization, or an invitation to join it',
  fields: (t) => ({
    email: t.exposeString('email', { description: 'E-mail address that was invited, in lower case' }),
    name: t.exposeString('name', {
      nullable: true,
      description: 'The person’s name in the organization. Null if only the e-mail address is known',
    }),
    user: t.field({
      type: UserRef,
      nullable: true,
      description: 'The user. Null until the person has joined',
      resolve: ({ userId, organizationId, joinedAt }, _args, ctx) =>
        joinedAt === null ? null : loadKnownUser(ctx, { userId, organizationId }),
    }),
    organization: t.field({
      type: OrganizationRef,
      description: 'Organization of the membership',
      resolve: (membership) => membership.organizationId,
    }),
    role: t.field({
      type: RoleRef,
      description: 'Role of the member',
      resolve: (membership) => membership.roleId,
    }),
    teams: t.loadableList({
      type: TeamRef,
      description: 'Teams of the member, sorted by name',
      load: async (ids: string[], ctx) => {
        const teams = await loadTeamsOfMemberships(ctx.db, ids);
        return ids.map((id) => teams.get(id) ?? []);
      },
      resolve: (membership) => membership.id,
    }),
    joinedAt: t.expose('joinedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the person joined. Null if they have been invited but have not joined yet',
    }),
  }),
});

findsNode('Membership', async (id, ctx) => {
  const membership = await MembershipRef.getDataloader(ctx).load(id).catch(nullIfMissing);
  return membership && ctx.principal?.can(membership.organizationId, 'member.view') ? membership : null;
});
