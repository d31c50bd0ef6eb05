import { type Outcome, write } from '../command.ts';
import type { Context } from '../context.ts';
import { NotFoundError } from '../core/errors.ts';
import { createSession } from './create-session.ts';
import { endReplacedSession } from './end-replaced-session.ts';
import { countFailedToken } from './failed-token.ts';
import { findLink, isLinkOutgrown, needsOwnSession } from './find-link.ts';
import { joinInvited } from './join-invited.ts';
import { findOwnName } from './own-name.ts';
import { organizationsOf } from './user-organizations.ts';

/** The token of a one-time link. */
export interface SignInInput {
  readonly token: string;
}

/** A new session, and whose it is. */
export interface SignedIn {
  /** Shown this once; only its hash is kept. */
  readonly sessionToken: string;
  /** When the session ends at the latest, milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly user: { readonly id: string; readonly name: string | null; readonly email: string };
}

/**
 * Trades the token of a one-time link for a session, once, and joins the organizations that the user is invited to. An
 * invitation that a member or a key created joins and reaches that one organization only, unless the user asks by a
 * session that reaches all; for somebody who was removed from it before, it works only by such a session. A session by
 * which somebody asks ends. Needs no caller: holding the token is the permission. Rejects with NotFoundError for a token
 * that is unknown, used or too old, and for one that is worth less than the membership has become; with RateLimitedError
 * for one more of those from an address that tried too many.
 */
export async function signIn(ctx: Context, { token }: SignInInput): Promise<Outcome<SignedIn>> {
  const link = await findLink(ctx.db, token, ctx.clock.now());
  if (!link) throw refusal(ctx);
  const { userId, email } = link;
  const all = reachable((await organizationsOf(ctx.db, userId)).all, link.limitedTo);
  const replaced = ctx.principal?.kind === 'user' ? ctx.principal : null;
  const locked = [...new Set([...all, ...(replaced?.organizationIds ?? [])])].sort();
  return write(ctx, async (change) => {
    // The locks come first here as everywhere, so that a removal of the member meanwhile can't cross this.
    for (const organizationId of locked) await change.lock(organizationId);
    const { tx } = change;
    const used = await tx
      .deleteFrom('sign_in_tokens')
      .where('hash', '=', link.hash)
      .where('expires_at', '>', change.now)
      .returning('user_id')
      .executeTakeFirst();
    if (!used || (await isLinkOutgrown(tx, link))) throw refusal(ctx);
    const ended = replaced !== null && (await endReplacedSession(change, replaced));
    const reachedAll = ended && replaced.userId === userId && replaced.limitedTo === null;
    if (!reachedAll && (await needsOwnSession(tx, link))) throw refusal(ctx);
    await joinInvited(change, userId, all);
    const { joined } = await organizationsOf(tx, userId);
    // Somebody may have been added to another organization since; what is not locked can't be written about.
    const organizationIds = joined.filter((id) => (reachedAll ? locked : all).includes(id));
    const { limitedTo, ceiling } = reachedAll ? { limitedTo: null, ceiling: null } : link;
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

/** Those of the organizations that a link reaches which may be limited to one. */
function reachable(organizationIds: readonly string[], limitedTo: string | null): readonly string[] {
  return limitedTo === null ? organizationIds : organizationIds.filter((id) => id === limitedTo);
}

/**
 * One answer to whatever is wrong, and without the token: it must not end up in a log. Counts as a failure of the
 * client's address, and says so where there were too many.
 */
function refusal(ctx: Context): NotFoundError {
  countFailedToken(ctx);
  return new NotFoundError('token', 'sign-in link', 'token');
}
