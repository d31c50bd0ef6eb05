import { write } from '../command.ts';
import type { Context } from '../context.ts';
import { NotFoundError } from '../core/errors.ts';
import { Input } from '../core/input.ts';
import { createSignInLink, type SignInLink } from './create-sign-in-link.ts';
import { requireCommandLine } from './require-command-line.ts';
import { organizationsOf } from './user-organizations.ts';

/**
 * A fresh one-time link, good for 15 minutes, for a user that there is. Only for the command line: the link makes its
 * bearer that user. Rejects with ValidationError, or NotFoundError where nobody has the address.
 */
export async function issueSignInLink(ctx: Context, email: string): Promise<SignInLink> {
  requireCommandLine(ctx, 'sign_in_link.create');
  const input = new Input();
  const address = input.email(['email'], email);
  input.check();
  const user = await ctx.db.selectFrom('users').select('id').where('email', '=', address).executeTakeFirst();
  if (!user) throw new NotFoundError(address, 'user', 'e-mail address');
  const { all } = await organizationsOf(ctx.db, user.id);
  const { result } = await write(ctx, async (change) => {
    for (const organizationId of all) await change.lock(organizationId);
    const link = await createSignInLink(change, ctx.publicUrl, user.id);
    const changes = { expiresAt: [null, new Date(link.expiresAt).toISOString()] } as const;
    for (const organizationId of all)
      change.audit({ organizationId, action: 'sign_in_link.created', targetId: user.id, changes });
    return link;
  });
  return result;
}
