import { type Outcome, write } from '../command.ts';
import { NotFoundError } from '../core/errors.ts';
import { createSession } from '../sessions/create-session.ts';
import { organizationsOf, reachedBy } from '../sessions/user-organizations.ts';
import { endLinkAccess } from './end-link-access.ts';
import { endReplacedSession } from './end-replaced-session.ts';
import { countFailedToken, type SignInContext } from './failed-token.ts';
import { findLink, isLinkVoid, needsOwnSession } from './find-link.ts';
import { joinInvited } from './join-invited.ts';
import { findOwnName } from './own-name.ts';

/** The token of a one-time link. */
export interface SignInInput {
  readonly token: string;
}

/** A new session and its user. */
export interface SignedIn {
  /** Shown only once; only its hash is stored. */
  readonly sessionToken: string;
  /** When the session expires, milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly user: { readonly id: string; readonly name: string | null; readonly email: string };
}

/**
 * Exchanges the token of a one-time link for a session, once. Accepts the user's invitations; if a member or key
 * created the link, only that one, which stays limited to such sessions until the person confirms it. Revokes the
 * caller's own session. Needs no caller: holding the token is the permission. Rejects with NotFoundError for an invalid
 * token, and with RateLimitedError after too many of them from the address. docs/sign-in.md explains the rules.
 */
export async function signIn(ctx: SignInContext, { token }: SignInInput): Promise<Outcome<SignedIn>> {
  const link = await findLink(ctx.db, token, ctx.clock.now());
  if (!link) throw refusal(ctx);
  const { userId, email } = link;
  const all = reachable((await organizationsOf(ctx.db, userId)).all, link.limitedTo);
  const replaced = ctx.principal?.kind === 'user' ? ctx.principal : null;
  const locked = [...new Set([...all, ...(replaced?.organizationIds ?? [])])].sort();
  return write(ctx, async (change) => {
    // Lock first, as everywhere, so that a concurrent removal of the member can't interfere.
    for (const organizationId of locked) await change.lock(organizationId);
    const { tx } = change;
    const used = await tx
      .deleteFrom('sign_in_tokens')
      .where('hash', '=', link.hash)
      .where('expires_at', '>', change.now)
      .returning('user_id')
      .executeTakeFirst();
    if (!used || (await isLinkVoid(tx, link))) throw refusal(ctx);
    const ended = replaced !== null && (await endReplacedSession(change, replaced));
    const reachedAll = ended && replaced.userId === userId && replaced.limitedTo === null;
    if (!reachedAll && (await needsOwnSession(tx, link))) throw refusal(ctx);
    const { limitedTo, ceiling } = reachedAll ? { limitedTo: null, ceiling: null } : link;
    await joinInvited(change, userId, all, { confirmed: limitedTo === null, invitedTo: link.invitesTo });
    const reached = reachedBy(await organizationsOf(tx, userId), limitedTo);
    // The user may have been added to another organization since, which is not locked and must not be written to.
    const organizationIds = reached.filter((id) => (reachedAll ? locked : all).includes(id));
    if (limitedTo === null) await endLinkAccess(change, userId, organizationIds);
    const notes = { actor: userId, organizationIds, limitedTo, ceiling };
    const session = await createSession(change, userId, notes);
    const name = await findOwnName(tx, userId, limitedTo);
    return {
      sessionToken: session.token,
      expiresAt: session.expiresAt,
      user: { id: userId, name, email },
    };
  });
}

/** The organizations that a link gives access to, which may be limited to one. */
function reachable(organizationIds: readonly string[], limitedTo: string | null): readonly string[] {
  return limitedTo === null ? organizationIds : organizationIds.filter((id) => id === limitedTo);
}

/**
 * The same error for every reason, without the token, which must not end up in a log. Counts as a failure of the
 * client's address.
 */
function refusal(ctx: SignInContext): NotFoundError {
  countFailedToken(ctx);
  return new NotFoundError('token', 'sign-in link', 'token');
}
