import type { UserPrincipal } from '../access/principal.ts';
import type { Change } from '../command.ts';

/**
 * Ends the session in whose place another begins, and says whether it still was there. The caller has locked the
 * organizations that it reaches.
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
