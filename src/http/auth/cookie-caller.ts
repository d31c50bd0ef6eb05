import type { IncomingMessage } from 'node:http';
import type { UserPrincipal } from '../../access/principal.ts';
import { authenticateSession } from '../../sessions/authenticate-session.ts';
import type { VerificationServices } from '../../verification-host/context.ts';
import { sessionTokens } from './session-cookie.ts';

/** The sessions in a request's cookies. */
export interface CookieSessions {
  /** Number of different tokens. */
  readonly presented: number;
  /** The users of the accepted tokens. */
  readonly accepted: readonly UserPrincipal[];
}

/**
 * Looks up every session in a request's cookies. There is more than one only if another party planted a cookie. None of
 * them is trusted then: otherwise, a neighboring site could sign a person in to another account.
 */
export async function findCookieSessions(
  request: IncomingMessage,
  { db, clock, publicUrl }: Pick<VerificationServices, 'db' | 'clock' | 'publicUrl'>,
): Promise<CookieSessions> {
  const tokens = sessionTokens(request, publicUrl);
  const accepted: UserPrincipal[] = [];
  for (const token of tokens) {
    const principal = await authenticateSession(db, clock, token);
    if (principal) accepted.push(principal);
  }
  return { presented: tokens.length, accepted };
}
