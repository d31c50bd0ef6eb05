import { write } from '../command.ts';
import type { Context } from '../context.ts';
import { createSignInLink, type SignInLink } from './create-sign-in-link.ts';
import { requireCommandLine } from './require-command-line.ts';
import { requireUserByEmail } from './require-user-by-email.ts';

/**
 * A fresh one-time link, good for 15 minutes, for a user that there is. Only for the command line: the link makes its
 * bearer that user. Rejects with ValidationError, or NotFoundError where nobody has the address.
 */
export async function issueSignInLink(ctx: Context, email: string): Promise<SignInLink> {
  requireCommandLine(ctx, 'sign_in_link.create');
  const { userId, organizations } = await requireUserByEmail(ctx, email);
  const organizationIds = organizations.all;
  const { result } = await write(ctx, async (change) => {
    for (const organizationId of organizationIds) await change.lock(organizationId);
    const link = await createSignInLink(change, ctx.publicUrl, userId);
    const changes = { expiresAt: [null, new Date(link.expiresAt).toISOString()] } as const;
    for (const organizationId of organizationIds)
      change.audit({ organizationId, action: 'sign_in_link.created', targetId: userId, changes });
    return link;
  });
  return result;
}
