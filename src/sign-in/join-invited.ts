import type { Change } from '../command.ts';
import { mayStillInvite } from './inviter-standing.ts';

/** Circumstances of joining. */
export interface Joining {
  /** Whether the person is present, not someone with a link that its creator has seen. */
  readonly confirmed: boolean;
  /** The organization whose invitation was already checked with the opened link. Null: none. */
  readonly invitedTo?: string | null;
}

/**
 * Makes a user a member of those of the organizations to which someone who may still invite has invited the user. A
 * person who confirms memberships also joins those of links opened before. The caller has locked the organizations.
 */
export async function joinInvited(
  change: Change,
  userId: string,
  organizationIds: readonly string[],
  { confirmed, invitedTo = null }: Joining,
): Promise<void> {
  if (organizationIds.length === 0) return;
  const { tx, now, audit } = change;
  const invitations = await tx
    .selectFrom('memberships')
    .innerJoin('current_roles', 'current_roles.id', 'memberships.role_id')
    .select([
      'memberships.id',
      'memberships.organization_id',
      'memberships.invited_by',
      'current_roles.permissions',
    ])
    .where('memberships.user_id', '=', userId)
    .where('memberships.joined_at', 'is', null)
    .where('memberships.organization_id', 'in', organizationIds)
    .execute();
  if (confirmed) await confirmJoined(change, userId, organizationIds);
  for (const { id, organization_id: organizationId, invited_by, permissions } of invitations) {
    const role = JSON.parse(permissions) as string[];
    if (organizationId !== invitedTo && !(await mayStillInvite(tx, invited_by, organizationId, role)))
      continue;
    await tx
      .updateTable('memberships')
      .set({ joined_at: now, confirmed: confirmed ? 1 : 0 })
      .where('id', '=', id)
      .execute();
    audit({
      organizationId,
      action: 'member.joined',
      actor: userId,
      targetId: id,
      changes: { userId: [null, userId], joinedAt: [null, new Date(now).toISOString()] },
    });
  }
}

async function confirmJoined(
  { tx, audit }: Change,
  userId: string,
  organizationIds: readonly string[],
): Promise<void> {
  const memberships = await tx
    .updateTable('memberships')
    .set({ confirmed: 1 })
    .where('user_id', '=', userId)
    .where('joined_at', 'is not', null)
    .where('confirmed', '=', 0)
    .where('organization_id', 'in', organizationIds)
    .returning(['id', 'organization_id'])
    .execute();
  for (const { id, organization_id: organizationId } of memberships) {
    const changes = { confirmed: [false, true] } as const;
    audit({ organizationId, action: 'member.updated', actor: userId, targetId: id, changes });
  }
}
