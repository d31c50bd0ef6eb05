import { write } from '../command.ts';
import type { Context } from '../context.ts';
import { ConflictError } from '../core/errors.ts';
import { requireCommandLine } from '../sessions/require-command-line.ts';
import { reachedBy } from '../sessions/user-organizations.ts';
import { requireUserByEmail } from '../sign-in/require-user-by-email.ts';

/**
 * Parts a user from the identity at the OpenID provider, and ends the user's sessions: whoever the provider next
 * vouches for by this address becomes the user. Each organization's log has the sessions that reached it. Only for the
 * command line. Rejects with ValidationError, NotFoundError if no one has the address, or ConflictError if the user has
 * no identity.
 */
export async function unlinkIdentity(ctx: Context, email: string): Promise<void> {
  requireCommandLine(ctx, 'identity.manage');
  const { userId, organizations } = await requireUserByEmail(ctx, email);
  await write(ctx, async ({ tx, lock, audit }) => {
    for (const organizationId of organizations.joined) await lock(organizationId);
    const unlinked = await tx
      .deleteFrom('user_identities')
      .where('user_id', '=', userId)
      .returning('issuer')
      .executeTakeFirst();
    if (!unlinked) throw new ConflictError('The user has no linked identity');
    const sessions = await tx
      .deleteFrom('sessions')
      .where('user_id', '=', userId)
      .returning(['id', 'limited_to'])
      .execute();
    for (const organizationId of organizations.confirmed) {
      const changes = { issuer: [unlinked.issuer, null] } as const;
      audit({ organizationId, action: 'identity.unlinked', targetId: userId, changes });
    }
    for (const { id, limited_to } of sessions)
      for (const organizationId of reachedBy(organizations, limited_to))
        audit({ organizationId, action: 'session.ended', targetId: id, changes: {} });
  });
}
