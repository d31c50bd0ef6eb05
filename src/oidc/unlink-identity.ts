import { write } from '../command.ts';
import type { Context } from '../context.ts';
import { ConflictError } from '../core/errors.ts';
import { requireCommandLine } from '../sessions/require-command-line.ts';
import { reachedBy } from '../sessions/user-organizations.ts';
import { requireUserByEmail } from '../sign-in/require-user-by-email.ts';

/**
 * Unlinks a user from the identity at the OpenID provider, and revokes the user's sessions. The next identity that the
 * provider reports with this address is linked to the user. Recorded in the audit log of each organization that the
 * sessions had access to. Only for the command line. Rejects with ValidationError, NotFoundError if no user has the
 * address, or ConflictError if the user has no identity.
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
    if (!unlinked) throw new ConflictError('OTHER', 'The user has no linked identity');
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
