import type { UserPrincipal } from '../access/principal.ts';
import { callerNow, write } from '../command.ts';
import type { Context } from '../context.ts';
import { organizationsOf, reachedBy } from './user-organizations.ts';

/**
 * Revokes the caller's session with this id, or all of them, immediately, and returns their ids. A session limited to
 * an organization revokes only sessions with the same limit. Rejects with UnauthenticatedError if the caller's own
 * session has been revoked in the meantime and it revokes others.
 */
export async function endOwnSessions(
  ctx: Context,
  { userId, sessionId, limitedTo }: UserPrincipal,
  which: { readonly id?: string } = {},
): Promise<string[]> {
  const organizations = await organizationsOf(ctx.db, userId);
  const organizationIds = organizations.joined.filter((id) => limitedTo === null || id === limitedTo);
  const { result } = await write(ctx, async ({ tx, lock, audit }) => {
    for (const organizationId of organizationIds) await lock(organizationId);
    if (which.id !== sessionId) await callerNow(ctx, tx);
    let query = tx.deleteFrom('sessions').where('user_id', '=', userId).returning(['id', 'limited_to']);
    if (limitedTo !== null) query = query.where('limited_to', '=', limitedTo);
    if (which.id !== undefined) query = query.where('id', '=', which.id);
    const ended = await query.execute();
    for (const { id, limited_to } of ended) {
      for (const organizationId of reachedBy(organizations, limited_to))
        audit({ organizationId, action: 'session.ended', targetId: id, changes: {} });
    }
    return ended.map(({ id }) => id);
  });
  return result;
}
