import type { Change } from '../command.ts';

/** Makes a user a member of those of the organizations that it is invited to. The caller has locked them. */
export async function joinInvited(
  { tx, now, audit }: Change,
  userId: string,
  organizationIds: readonly string[],
): Promise<void> {
  if (organizationIds.length === 0) return;
  const memberships = await tx
    .updateTable('memberships')
    .set({ joined_at: now })
    .where('user_id', '=', userId)
    .where('joined_at', 'is', null)
    .where('organization_id', 'in', organizationIds)
    .returning(['id', 'organization_id'])
    .execute();
  for (const { id, organization_id } of memberships) {
    audit({
      organizationId: organization_id,
      action: 'member.joined',
      actor: userId,
      targetId: id,
      changes: { userId: [null, userId], joinedAt: [null, new Date(now).toISOString()] },
    });
  }
}
