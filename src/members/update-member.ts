import { refuseEscalation } from '../access/escalation.ts';
import { UNRESTRICTED } from '../access/key-limits.ts';
import { callerId } from '../access/principal.ts';
import { command, type Outcome } from '../command.ts';
import type { Context } from '../context.ts';
import { Input } from '../core/input.ts';
import { difference } from '../organizations/difference.ts';
import { locate } from '../organizations/locate.ts';
import { requireRole } from '../roles/require-role.ts';
import { endOutgrownLinks } from '../sessions/link-ceiling.ts';
import { requireTeams } from '../teams/require-teams.ts';
import { MEMBER_TEAMS_MAX, putIntoTeams, teamIdsOfMember } from './member-teams.ts';
import type { Membership } from './membership.ts';
import { requireMembership } from './require-membership.ts';
import { requireOtherOwner } from './require-other-owner.ts';

/** Changes to apply. Undefined fields keep their value. */
export interface UpdateMemberInput {
  readonly id: string;
  readonly roleId?: string | null | undefined;
  /** All teams of the member; null: none. */
  readonly teamIds?: readonly string[] | null | undefined;
}

const PERMISSION = 'member.manage';

/**
 * Changes the role or teams of a member, possibly of the caller or an invited person, immediately. Revokes an
 * invitation link, and sessions started with one, if the role has more permissions than the link's creator could grant.
 * Requires `member.manage` and every permission of the member, before and after. Rejects with ValidationError,
 * NotFoundError (member, role or team), EscalationError, or ConflictError for the last owner. If nothing differs,
 * nothing is written.
 */
export async function updateMember(ctx: Context, params: UpdateMemberInput): Promise<Outcome<Membership>> {
  const { id } = params;
  const organizationId = await locate(ctx, 'mem', id, PERMISSION);
  const input = new Input();
  const provided = readChanges(input, params);
  input.check();
  return command(ctx, { organizationId, permission: PERMISSION }, async (change) => {
    const { tx, audit, principal } = change;
    const membership = await requireMembership(tx, id);
    const before = { ...membership, teamIds: (await teamIdsOfMember(tx, id)) as readonly string[] };
    const after = { ...before, ...provided };
    const role = await requireRole(tx, organizationId, before.roleId);
    await refuseEscalation(principal, organizationId, role.permissions, [UNRESTRICTED]);
    const next = after.roleId === before.roleId ? role : await requireRole(tx, organizationId, after.roleId);
    if (next !== role) {
      await refuseEscalation(principal, organizationId, next.permissions, [UNRESTRICTED]);
      await requireOtherOwner(tx, membership, role);
    }
    if (provided.teamIds) await requireTeams(tx, organizationId, provided.teamIds);
    const changes = difference(before, after, ['roleId', 'teamIds']);
    if (Object.keys(changes).length === 0) return membership;
    await tx
      .updateTable('memberships')
      // The person who sets the role of an invitation becomes its creator.
      .set({ role_id: after.roleId, ...(changes.roleId && { invited_by: callerId(principal) }) })
      .where('id', '=', id)
      .execute();
    if (changes.teamIds) await putIntoTeams(tx, id, after.teamIds);
    audit({ organizationId, action: 'member.updated', targetId: id, changes });
    const permissions = { before: role.permissions, after: next.permissions };
    await endOutgrownLinks(change, organizationId, { membershipId: id }, permissions);
    return { ...membership, roleId: after.roleId };
  });
}

function readChanges(
  input: Input,
  { roleId, teamIds }: UpdateMemberInput,
): { roleId?: string; teamIds?: readonly string[] } {
  if (roleId === null) input.fault(['input', 'roleId'], 'REQUIRED', "can't be null");
  return {
    ...(typeof roleId === 'string' && { roleId }),
    ...(teamIds !== undefined && {
      teamIds: input.uniqueStrings(['input', 'teamIds'], teamIds, MEMBER_TEAMS_MAX).sort(),
    }),
  };
}
