import type { Change } from '../command.ts';
import { withdrawInvitations } from '../sign-in/withdraw-invitations.ts';

/**
 * Revokes the invitations of a removed member to the organization, and sessions that no longer give access to any
 * organization. Other sessions continue without it. The caller has locked the organization.
 */
export async function endMemberSessions(
  { tx, audit }: Change,
  userId: string,
  organizationId: string,
): Promise<void> {
  await withdrawInvitations(tx, userId, organizationId);
  const ended = await tx
    .deleteFrom('sessions')
    .where('user_id', '=', userId)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('memberships')
            .select('memberships.id')
            .whereRef('memberships.user_id', '=', 'sessions.user_id')
            .where('memberships.joined_at', 'is not', null)
            .where(({ or, eb: on, ref }) =>
              or([
                on.and([on('sessions.limited_to', 'is', null), on('memberships.confirmed', '=', 1)]),
                on('sessions.limited_to', '=', ref('memberships.organization_id')),
              ]),
            ),
        ),
      ),
    )
    .returning('id')
    .execute();
  for (const { id } of ended) audit({ organizationId, action: 'session.ended', targetId: id, changes: {} });
}
