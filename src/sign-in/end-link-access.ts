import type { Change } from '../command.ts';

/**
 * Revokes access through links that members have seen: invitations of the user to these organizations, and sessions
 * started with one. For a user who has just proved their identity in another way. The caller has locked the
 * organizations.
 */
export async function endLinkAccess(
  { tx, audit }: Change,
  userId: string,
  organizationIds: readonly string[],
): Promise<void> {
  if (organizationIds.length === 0) return;
  await tx
    .deleteFrom('sign_in_tokens')
    .where('user_id', '=', userId)
    .where('invites_to', 'in', organizationIds)
    .execute();
  const ended = await tx
    .deleteFrom('sessions')
    .where('user_id', '=', userId)
    .where('limited_to', 'in', organizationIds)
    .returning(['id', 'limited_to'])
    .execute();
  for (const { id, limited_to } of ended) {
    if (limited_to === null) continue;
    const record = {
      organizationId: limited_to,
      action: 'session.ended',
      targetId: id,
      changes: {},
    } as const;
    audit({ ...record, actor: userId });
  }
}
