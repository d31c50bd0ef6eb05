import { write } from '../command.ts';
import type { Context } from '../context.ts';
import { organizationsOf } from './user-organizations.ts';

/** Ends the caller's session, at once. Says whether there was one to end: a key or an operator has none. */
export async function signOut(ctx: Context): Promise<{ signedOut: boolean }> {
  const { principal } = ctx;
  if (principal?.kind !== 'user') return { signedOut: false };
  const { joined } = await organizationsOf(ctx.db, principal.userId);
  const { result } = await write(ctx, async (change) => {
    for (const organizationId of joined) await change.lock(organizationId);
    const ended = await change.tx
      .deleteFrom('sessions')
      .where('id', '=', principal.sessionId)
      .returning('id')
      .executeTakeFirst();
    if (!ended) return { signedOut: false };
    for (const organizationId of joined)
      change.audit({ organizationId, action: 'session.ended', targetId: ended.id, changes: {} });
    return { signedOut: true };
  });
  return result;
}
