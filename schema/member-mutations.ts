import { ConflictError, EscalationError, NotFoundError, ValidationError } from '../src/core/errors.ts';
import { type InvitedMember, inviteMember } from '../src/members/invite-member.ts';
import type { Membership } from '../src/members/membership.ts';
import { removeMember } from '../src/members/remove-member.ts';
import { updateMember } from '../src/members/update-member.ts';
import { builder } from './builder.ts';
import { ORGANIZATION_LEFT_OUT } from './organization-left-out.ts';
import { MembershipRef } from './refs.ts';

const InviteMemberInput = builder.inputType('InviteMemberInput', {
  description: 'An invitation',
  fields: (t) => ({
    organizationId: t.id({
      description: ORGANIZATION_LEFT_OUT,
    }),
    email: t.string({ required: true, description: 'Whom to invite; upper and lower case are alike' }),
    name: t.string({
      description: 'The person’s name in your organization, 1 to 100 characters',
    }),
    roleId: t.id({
      required: true,
      description: 'What the person may do; you must hold everything of it yourself',
    }),
    teamIds: t.idList({ defaultValue: [], description: 'The teams the person is put into, up to 50' }),
  }),
});

const UpdateMemberInput = builder.inputType('UpdateMemberInput', {
  description: 'Changes of a membership; what is left out stays',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The membership: `mem_…`' }),
    roleId: t.id({ description: 'What the person may do; can’t be null' }),
    teamIds: t.idList({ description: 'All teams that the person is in, up to 50; null: none' }),
  }),
});

const RemoveMemberInput = builder.inputType('RemoveMemberInput', {
  description: 'The end of a membership, or of an invitation',
  fields: (t) => ({ id: t.id({ required: true, description: 'The membership: `mem_…`' }) }),
});

const InviteMemberPayload = builder.objectRef<InvitedMember>('InviteMemberPayload').implement({
  description: 'The person is invited',
  fields: (t) => ({
    membership: t.expose('membership', { type: MembershipRef, description: 'The invitation' }),
    signInUrl: t.exposeString('signInUrl', {
      description:
        'The link to join by: good once, for 7 days, shown in this answer only. Made by a member or key it reaches this organization alone; made by an operator token, all of the person’s: hand that one to nobody else',
    }),
  }),
});

const UpdateMemberPayload = builder.objectRef<{ membership: Membership }>('UpdateMemberPayload').implement({
  description: 'The membership was changed',
  fields: (t) => ({
    membership: t.expose('membership', { type: MembershipRef, description: 'The membership as it is now' }),
  }),
});

const RemoveMemberPayload = builder.objectRef<{ removedId: string }>('RemoveMemberPayload').implement({
  description: 'The person is no member any more',
  fields: (t) => ({ removedId: t.exposeID('removedId', { description: 'The id the membership had' }) }),
});

builder.mutationFields((t) => ({
  inviteMember: t.field({
    type: InviteMemberPayload,
    nullable: true,
    description:
      'Invites somebody, or anew who has not joined yet: the earlier link works no more. Needs `member.manage`, and everything that the role holds',
    authScopes: { permission: 'member.manage' },
    errors: {
      types: [ValidationError, NotFoundError, ConflictError, EscalationError],
      union: { name: 'InviteMemberResult', description: 'The invitation, or why there is none' },
    },
    args: { input: t.arg({ type: InviteMemberInput, required: true, description: 'Whom, and as what' }) },
    resolve: async (_root, { input }, ctx) => (await inviteMember(ctx, input)).result,
  }),
  updateMember: t.field({
    type: UpdateMemberPayload,
    nullable: true,
    description:
      'Changes what a member may do, at once. Needs `member.manage`, and everything that the member may do and will. The last owner stays one',
    authScopes: { permission: 'member.manage' },
    errors: {
      types: [ValidationError, NotFoundError, ConflictError, EscalationError],
      union: { name: 'UpdateMemberResult', description: 'The membership, or why it stayed as it was' },
    },
    args: { input: t.arg({ type: UpdateMemberInput, required: true, description: 'What to change' }) },
    resolve: async (_root, { input }, ctx) => ({ membership: (await updateMember(ctx, input)).result }),
  }),
  removeMember: t.field({
    type: RemoveMemberPayload,
    nullable: true,
    description:
      'Removes a member, at once, or withdraws an invitation; keys that the person made stay. Needs `member.manage`, and everything that the member may do. The last owner stays',
    authScopes: { permission: 'member.manage' },
    errors: {
      types: [NotFoundError, ConflictError],
      union: { name: 'RemoveMemberResult', description: 'The id of the membership, or why it stayed' },
    },
    args: { input: t.arg({ type: RemoveMemberInput, required: true, description: 'Whom to remove' }) },
    resolve: async (_root, { input }, ctx) => ({ removedId: (await removeMember(ctx, input)).result }),
  }),
}));
