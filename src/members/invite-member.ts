import { refuseEscalation } from '../access/escalation.ts';
import { UNRESTRICTED } from '../access/key-limits.ts';
import { callerId } from '../access/principal.ts';
import type { Changes } from '../changes/events.ts';
import { authorize, authorizeSomewhere, command, type Outcome, type PermittedChange } from '../command.ts';
import type { Context } from '../context.ts';
import { ConflictError } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import { Input } from '../core/input.ts';
import { attemptOf, once } from '../idempotency/answers.ts';
import { difference } from '../organizations/difference.ts';
import { resolveOrganizationId } from '../organizations/resolve-organization.ts';
import { requireRole } from '../roles/require-role.ts';
import { createSignInLink, INVITATION_MS } from '../sign-in/create-sign-in-link.ts';
import { requireTeams } from '../teams/require-teams.ts';
import { MEMBER_TEAMS_MAX, putIntoTeams, teamIdsOfMember } from './member-teams.ts';
import { type Membership, selectMemberships, toMembership } from './membership.ts';
import { requireMembership } from './require-membership.ts';
import { userByEmail } from './user-by-email.ts';

/** Input of an invitation. */
export interface InviteMemberInput {
  readonly organizationId?: string | null | undefined;
  readonly email: string;
  /** The person's name in this organization. Omitted or null: as in an earlier invitation, or none. */
  readonly name?: string | null | undefined;
  readonly roleId: string;
  readonly teamIds?: readonly string[] | null | undefined;
  /** 20 to 200 characters: a repetition within 24 hours returns the first answer. */
  readonly idempotencyKey?: string | null | undefined;
}

/** An invitation with its link, which is returned only once. */
export interface InvitedMember {
  readonly membership: Membership;
  /** Valid once, for 7 days. */
  readonly signInUrl: string;
}

interface Invitation {
  readonly organizationId: string;
  readonly email: string;
  readonly name: string | null;
  readonly roleId: string;
  readonly teamIds: readonly string[];
}

const PERMISSION = 'member.manage';

/**
 * Invites a person to an organization. A pending invitation is replaced: it gets the new role and teams, and its link
 * becomes invalid. Requires `member.manage` and every permission of the role, and of the role in a pending invitation.
 * Rejects with ValidationError, NotFoundError (organization, role or team), EscalationError, or ConflictError if the
 * person has already joined.
 */
export async function inviteMember(ctx: Context, params: InviteMemberInput): Promise<Outcome<InvitedMember>> {
  authorizeSomewhere(ctx, PERMISSION);
  const organizationId = resolveOrganizationId(ctx, params.organizationId);
  authorize(ctx, organizationId, PERMISSION);
  const input = new Input();
  const invitation: Invitation = {
    organizationId,
    email: input.email(['input', 'email'], params.email),
    name: params.name == null ? null : input.name(['input', 'name'], params.name),
    roleId: params.roleId,
    teamIds: input.uniqueStrings(['input', 'teamIds'], params.teamIds, MEMBER_TEAMS_MAX).sort(),
  };
  const idempotencyKey = input.idempotencyKey(params.idempotencyKey);
  input.check();
  const attempt = await attemptOf(ctx, organizationId, idempotencyKey);
  return command(ctx, { organizationId, permission: PERMISSION }, (change) =>
    once(change, attempt, ['inviteMember', invitation], {
      perform: () => invite(ctx, change, invitation),
      keep: ({ membership, signInUrl }) => ({ id: membership.id, signInUrl }),
      repeat: async ({ id, signInUrl }) => {
        const membership = await requireMembership(change.tx, id);
        const role = await requireRole(change.tx, organizationId, membership.roleId);
        await refuseEscalation(change.principal, organizationId, role.permissions, [UNRESTRICTED]);
        return { membership, signInUrl };
      },
    }),
  );
}

async function invite(ctx: Context, change: PermittedChange, invitation: Invitation): Promise<InvitedMember> {
  const { tx, now, audit, principal } = change;
  const { organizationId, email, name, roleId, teamIds } = invitation;
  const role = await requireRole(tx, organizationId, roleId);
  await refuseEscalation(principal, organizationId, role.permissions, [UNRESTRICTED]);
  await requireTeams(tx, organizationId, teamIds);
  const userId = await userByEmail(tx, email, name, now);
  const known = await selectMemberships(tx)
    .where('memberships.organization_id', '=', organizationId)
    .where('memberships.user_id', '=', userId)
    .executeTakeFirst();
  const before = known ? await pending(change, toMembership(known)) : null;
  const id = before?.id ?? newId('mem');
  const calledNow = name ?? before?.name ?? null;
  const inviter = callerId(principal);
  if (before)
    await tx
      .updateTable('memberships')
      .set({ role_id: roleId, name: calledNow, invited_by: inviter })
      .where('id', '=', id)
      .execute();
  else
    await tx
      .insertInto('memberships')
      .values({
        id,
        organization_id: organizationId,
        user_id: userId,
        role_id: roleId,
        name: calledNow,
        created_at: now,
        joined_at: null,
        confirmed: 0,
        invited_by: inviter,
      })
      .execute();
  await putIntoTeams(tx, id, teamIds);

  // The inviter sees the link and could open it, so it must not grant more than the inviter could.
  const limited = principal.kind === 'user' || principal.kind === 'key';
  const link = await createSignInLink(change, ctx.publicUrl, userId, INVITATION_MS, {
    organizationId,
    ceiling: limited ? principal.permissionsIn(organizationId) : null,
    createdBy: inviter,
  });
  const recorded: Changes = before
    ? difference(before, { ...before, name: calledNow, roleId, teamIds }, ['name', 'roleId', 'teamIds'])
    : {
        email: [null, email],
        ...(calledNow !== null && { name: [null, calledNow] as const }),
        roleId: [null, roleId],
        teamIds: [null, teamIds],
      };
  const changes: Changes = { ...recorded, expiresAt: [null, new Date(link.expiresAt).toISOString()] };
  audit({ organizationId, action: 'member.invited', targetId: id, changes });
  return { membership: await requireMembership(tx, id), signInUrl: link.url };
}

/** An existing invitation, which the caller must be permitted to create: anyone with the new link can use it. */
async function pending(
  { tx, principal }: PermittedChange,
  membership: Membership,
): Promise<Membership & { readonly teamIds: readonly string[] }> {
  const { id, organizationId, roleId, joinedAt } = membership;
  if (joinedAt !== null) throw new ConflictError('OTHER', 'A member with this e-mail address already exists');
  const role = await requireRole(tx, organizationId, roleId);
  await refuseEscalation(principal, organizationId, role.permissions, [UNRESTRICTED]);
  return { ...membership, teamIds: await teamIdsOfMember(tx, id) };
}
