import { ConflictError, EscalationError, NotFoundError, ValidationError } from '../src/core/errors.ts';
import { type InvitedMember, inviteMember } from '../src/members/invite-member.ts';
import type { Membership } from '../src/members/membership.ts';
import { removeMember } from '../src/members/remove-member.ts';
import { updateMember } from '../src/members/update-member.ts';
import { builder } from './builder.ts';
import { ORGANIZATION_ID } from './missing-organization.ts';
import { MembershipRef } from './refs.ts';

const InviteMemberInput = builder.inputType('InviteMemberInput', {
  description: 'Input of `inviteMember`',
  fields: (t) => ({
    organizationId: t.id({
      description: ORGANIZATION_ID,
    }),
    email: t.string({ required: true, description: 'E-mail address of the person, case-insensitive' }),
    name: t.string({
      description: 'The person’s name in your organization, 1 to 100 characters',
    }),
    roleId: t.id({
      required: true,
      description: 'ID of the member’s role. You must have every permission of the role',
    }),
    teamIds: t.idList({ defaultValue: [], description: 'IDs of the teams that the member joins, up to 50' }),
  }),
});

const UpdateMemberInput = builder.inputType('UpdateMemberInput', {
  description: 'Input of `updateMember`. Omitted fields keep their value',
  fields: (t) => ({
    id: t.id({ required: true, description: 'ID of the membership: `mem_…`' }),
    roleId: t.id({ description: 'ID of the member’s role. Can’t be null' }),
    teamIds: t.idList({
      description:
        'IDs of all teams of the member, up to 50. Replaces the previous list; null removes the member from all teams',
    }),
  }),
});

const RemoveMemberInput = builder.inputType('RemoveMemberInput', {
  description: 'Input of `removeMember`',
  fields: (t) => ({ id: t.id({ required: true, description: 'ID of the membership: `mem_…`' }) }),
});

const InviteMemberPayload = builder.objectRef<InvitedMember>('InviteMemberPayload').implement({
  description: 'Result of inviting a member',
  fields: (t) => ({
    membership: t.expose('membership', { type: MembershipRef, description: 'The invitation' }),
    signInUrl: t.exposeString('signInUrl', {
      description:
        'One-time link to join with, valid for 7 days and returned in this response only. If a member or API key created it, the session gives access to this organization only. If an operator token created it, the session gives access to all of the person’s organizations: send that link to nobody else',
    }),
  }),
});

const UpdateMemberPayload = builder.objectRef<{ membership: Membership }>('UpdateMemberPayload').implement({
  description: 'Result of updating a member',
  fields: (t) => ({
    membership: t.expose('membership', { type: MembershipRef, description: 'The updated membership' }),
  }),
});

const RemoveMemberPayload = builder.objectRef<{ removedId: string }>('RemoveMemberPayload').implement({
  description: 'Result of removing a member',
  fields: (t) => ({ removedId: t.exposeID('removedId', { description: 'ID of the removed membership' }) }),
});

builder.mutationFields((t) => ({
  inviteMember: t.field({
    type: InviteMemberPayload,
    nullable: true,
    description:
      'Invites a person to an organization. Inviting a person again who has not joined yet invalidates the previous link. Requires `member.manage` and every permission of the role',
    authScopes: { permission: 'member.manage' },
    errors: {
      types: [ValidationError, NotFoundError, ConflictError, EscalationError],
      union: { name: 'InviteMemberResult', description: 'The invitation, or an error' },
    },
    args: { input: t.arg({ type: InviteMemberInput, required: true, description: 'The person to invite' }) },
    resolve: async (_root, { input }, ctx) => (await inviteMember(ctx, input)).result,
  }),
  updateMember: t.field({
    type: UpdateMemberPayload,
    nullable: true,
    description:
      'Changes a member’s role and teams, immediately. Requires `member.manage` and every permission the member has and will have. The last owner can’t be given another role',
    authScopes: { permission: 'member.manage' },
    errors: {
      types: [ValidationError, NotFoundError, ConflictError, EscalationError],
      union: { name: 'UpdateMemberResult', description: 'The updated membership, or an error' },
    },
    args: { input: t.arg({ type: UpdateMemberInput, required: true, description: 'The changes to make' }) },
    resolve: async (_root, { input }, ctx) => ({ membership: (await updateMember(ctx, input)).result }),
  }),
  removeMember: t.field({
    type: RemoveMemberPayload,
    nullable: true,
    description:
      'Removes a member, immediately, or withdraws an invitation. API keys that the person created are kept. Requires `member.manage` and every permission the member has. The last owner can’t be removed',
    authScopes: { permission: 'member.manage' },
    errors: {
      types: [NotFoundError, ConflictError],
      union: { name: 'RemoveMemberResult', description: 'The ID of the removed membership, or an error' },
    },
    args: { input: t.arg({ type: RemoveMemberInput, required: true, description: 'The member to remove' }) },
    resolve: async (_root, { input }, ctx) => ({ removedId: (await removeMember(ctx, input)).result }),
  }),
}));
