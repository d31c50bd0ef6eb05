import type { UserPrincipal } from '../access/principal.ts';
import type { Change } from '../command.ts';

/**
 * Revokes the session that a new one replaces, and returns whether it was still there. The caller has locked the
 * organizations that it gives access to.
 */
export async function endReplacedSession(
  { tx, audit }: Change,
  { sessionId, userId, organizationIds }: UserPrincipal,
): Promise<boolean> {
  const ended = await tx
    .deleteFrom('sessions')
    .where('id', '=', sessionId)
    .returning('id')
    .executeTakeFirst();
  if (!ended) return false;
  for (const organizationId of organizationIds)
    audit({ organizationId, action: 'session.ended', actor: userId, targetId: sessionId, changes: {} });
  return true;
}
