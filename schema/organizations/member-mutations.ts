import { ConflictError, EscalationError, NotFoundError, ValidationError } from '../../src/core/errors.ts';
import { inviteMember } from '../../src/members/invite-member.ts';
import { removeMember } from '../../src/members/remove-member.ts';
import { updateMember } from '../../src/members/update-member.ts';
import { IDEMPOTENCY_KEY } from '../idempotency-key.ts';
import { mutation } from '../mutation.ts';
import { MembershipRef } from '../refs.ts';
import { ORGANIZATION_ID } from './missing-organization.ts';

mutation('inviteMember', {
  description:
    'Invites a person to an organization. Inviting a person again who has not joined yet invalidates the previous link. Requires `member.manage` and every permission of the role',
  permission: 'member.manage',
  argument: 'The person to invite',
  input: (t) => ({
    organizationId: t.id({ description: ORGANIZATION_ID }),
    email: t.string({ required: true, description: 'E-mail address of the person, case-insensitive' }),
    name: t.string({ description: 'The person’s name in your organization, 1 to 100 characters' }),
    roleId: t.id({
      required: true,
      description: 'ID of the member’s role. You must have every permission of the role',
    }),
    teamIds: t.idList({ defaultValue: [], description: 'IDs of the teams that the member joins, up to 50' }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY }),
  }),
  errors: [ValidationError, NotFoundError, ConflictError, EscalationError],
  result: 'The invitation, or an error',
  resolve: async (ctx, input) => (await inviteMember(ctx, input)).result,
  payload: {
    description: 'Result of inviting a member',
    fields: (t) => ({
      membership: t.expose('membership', { type: MembershipRef, description: 'The invitation' }),
      signInUrl: t.exposeString('signInUrl', {
        description:
          'One-time link to join with, valid for 7 days and returned in this response only. If a member or API key created it, the session gives access to this organization only. If an operator token created it, the session gives access to all of the person’s organizations: send that link to nobody else',
      }),
    }),
  },
});

mutation('updateMember', {
  description:
    'Changes a member’s role and teams, immediately. Requires `member.manage` and every permission the member has and will have. The last owner can’t be given another role',
  permission: 'member.manage',
  argument: 'The changes to make',
  note: 'Omitted fields keep their value',
  input: (t) => ({
    id: t.id({ required: true, description: 'ID of the membership: `mem_…`' }),
    roleId: t.id({ description: 'ID of the member’s role. Can’t be null' }),
    teamIds: t.idList({
      description:
        'IDs of all teams of the member, up to 50. Replaces the previous list; null removes the member from all teams',
    }),
  }),
  errors: [ValidationError, NotFoundError, ConflictError, EscalationError],
  result: 'The updated membership, or an error',
  resolve: async (ctx, input) => ({ membership: (await updateMember(ctx, input)).result }),
  payload: {
    description: 'Result of updating a member',
    fields: (t) => ({
      membership: t.expose('membership', { type: MembershipRef, description: 'The updated membership' }),
    }),
  },
});

mutation('removeMember', {
  description:
    'Removes a member, immediately, or withdraws an invitation. API keys that the person created are kept. Requires `member.manage` and every permission the member has. The last owner can’t be removed',
  permission: 'member.manage',
  argument: 'The member to remove',
  input: (t) => ({ id: t.id({ required: true, description: 'ID of the membership: `mem_…`' }) }),
  errors: [NotFoundError, ConflictError],
  result: 'The ID of the removed membership, or an error',
  resolve: async (ctx, input) => ({ removedId: (await removeMember(ctx, input)).result }),
  payload: {
    description: 'Result of removing a member',
    fields: (t) => ({ removedId: t.exposeID('removedId', { description: 'ID of the removed membership' }) }),
  },
});
