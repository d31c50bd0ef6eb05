import { write } from '../command.ts';
import type { Context } from '../context.ts';
import { requireCommandLine } from '../sessions/require-command-line.ts';
import { createSignInLink, type SignInLink } from './create-sign-in-link.ts';
import { requireUserByEmail } from './require-user-by-email.ts';

/**
 * Creates a one-time link, valid for 15 minutes, for an existing user. Only for the command line: the link signs its
 * holder in as that user. Rejects with ValidationError, or NotFoundError if no user has the address.
 */
export async function issueSignInLink(ctx: Context, email: string): Promise<SignInLink> {
  requireCommandLine(ctx, 'sign_in_link.create');
  const { userId, organizations } = await requireUserByEmail(ctx, email);
  const { all, joined, invited } = organizations;
  const { result } = await write(ctx, async (change) => {
    for (const organizationId of all) await change.lock(organizationId);
    const link = await createSignInLink(change, ctx.publicUrl, userId);
    const changes = { expiresAt: [null, new Date(link.expiresAt).toISOString()] } as const;
    const record = { action: 'sign_in_link.created', changes } as const;
    for (const organizationId of joined) change.audit({ ...record, organizationId, targetId: userId });
    // Until people join, an organization knows nothing about them except the invitation.
    for (const { organizationId, membershipId } of invited)
      change.audit({ ...record, organizationId, targetId: membershipId });
    return link;
  });
  return result;
}
