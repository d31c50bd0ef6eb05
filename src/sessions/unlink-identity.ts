import { write } from '../command.ts';
import type { Context } from '../context.ts';
import { ConflictError, NotFoundError } from '../core/errors.ts';
import { Input } from '../core/input.ts';
import { requireCommandLine } from './require-command-line.ts';
import { organizationsOf } from './user-organizations.ts';

/**
 * Parts a user from the identity at the OpenID provider, and ends the user's sessions: whoever the provider next vouches
 * for by this address becomes the user. Only for the command line. Rejects with ValidationError, NotFoundError where
 * nobody has the address, or ConflictError where the user has no identity.
 */
export async function unlinkIdentity(ctx: Context, email: string): Promise<void> {
  requireCommandLine(ctx, 'identity.manage');
  const input = new Input();
  const address = input.email(['email'], email);
  input.check();
  const user = await ctx.db.selectFrom('users').select('id').where('email', '=', address).executeTakeFirst();
  if (!user) throw new NotFoundError(address, 'user', 'e-mail address');
  const { all } = await organizationsOf(ctx.db, user.id);
  await write(ctx, async ({ tx, lock, audit }) => {
    for (const organizationId of all) await lock(organizationId);
    const unlinked = await tx
      .deleteFrom('user_identities')
      .where('user_id', '=', user.id)
      .returning('issuer')
      .executeTakeFirst();
    if (!unlinked) throw new ConflictError('The user has no identity at an OpenID provider');
    const sessions = await tx.deleteFrom('sessions').where('user_id', '=', user.id).returning('id').execute();
    for (const organizationId of all) {
      const changes = { issuer: [unlinked.issuer, null] } as const;
      audit({ organizationId, action: 'identity.unlinked', targetId: user.id, changes });
      for (const { id } of sessions)
        audit({ organizationId, action: 'session.ended', targetId: id, changes: {} });
    }
  });
}
