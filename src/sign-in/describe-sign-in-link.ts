import { countFailedToken, type SignInContext } from './failed-token.ts';
import { findLink, needsOwnSession } from './find-link.ts';

/** Description of a one-time link. */
export interface SignInLinkFacts {
  /** E-mail address of the user it signs in. */
  readonly email: string;
  /** Name of the organization it invites to; null: not an invitation. */
  readonly organizationName: string | null;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Whether it only works in a browser in which this person is signed in. */
  readonly needsSession: boolean;
}

/**
 * Describes the link with this token without using it. Null if it is invalid. Needs no caller: holding the token is the
 * permission. Rejects with RateLimitedError for an invalid token after too many from this address.
 */
export async function describeSignInLink(ctx: SignInContext, token: string): Promise<SignInLinkFacts | null> {
  const { db, clock } = ctx;
  const link = await findLink(db, token, clock.now());
  if (!link) {
    countFailedToken(ctx);
    return null;
  }
  const { email, expiresAt, invitesTo } = link;
  const organization =
    invitesTo === null
      ? undefined
      : await db.selectFrom('organizations').select('name').where('id', '=', invitesTo).executeTakeFirst();
  return {
    email,
    organizationName: organization?.name ?? null,
    expiresAt,
    needsSession: await needsOwnSession(db, link),
  };
}
