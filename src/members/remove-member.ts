import { missing } from '../access/permissions.ts';
import { command, type Outcome } from '../command.ts';
import type { Context } from '../context.ts';
import { ForbiddenError } from '../core/errors.ts';
import { locate } from '../organizations/locate.ts';
import { requireRole } from '../roles/require-role.ts';
import { endMemberSessions } from './end-member-sessions.ts';
import { requireMembership } from './require-membership.ts';
import { requireOtherOwner } from './require-other-owner.ts';

/** The member to remove. */
export interface RemoveMemberInput {
  /** `mem_…` */
  readonly id: string;
}

const PERMISSION = 'member.manage';

/**
 * Removes a member, or withdraws an invitation, and returns the membership's id. Sessions of the user lose access to
 * the organization immediately; those without any other organization are revoked. Keys that the member created are
 * kept. Requires `member.manage` and every permission of the member. Rejects with NotFoundError, ForbiddenError, or
 * ConflictError for the last owner.
 */
export async function removeMember(ctx: Context, { id }: RemoveMemberInput): Promise<Outcome<string>> {
  const organizationId = await locate(ctx, 'mem', id, PERMISSION);
  return command(ctx, { organizationId, permission: PERMISSION }, async (change) => {
    const { tx, audit, principal } = change;
    const membership = await requireMembership(tx, id);
    const { userId, email, roleId, joinedAt } = membership;
    const role = await requireRole(tx, organizationId, roleId);
    const [lacked] = missing(principal.permissionsIn(organizationId), role.permissions);
    if (lacked !== undefined) throw new ForbiddenError(lacked);
    await requireOtherOwner(tx, membership, role);
    await tx.deleteFrom('memberships').where('id', '=', id).execute();
    audit({
      organizationId,
      action: 'member.removed',
      targetId: id,
      changes: {
        // The organization knows invited people only by their address.
        ...(joinedAt !== null && { userId: [userId, null] as const }),
        email: [email, null],
        roleId: [roleId, null],
      },
    });
    await endMemberSessions(change, userId, organizationId);
    return id;
  });
}
