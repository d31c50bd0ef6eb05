import type { IncomingMessage } from 'node:http';
import type { UserPrincipal } from '../../access/principal.ts';
import { authenticateSession } from '../../sessions/authenticate-session.ts';
import type { VerificationServices } from '../../verification/services.ts';
import { sessionTokens } from './session-cookie.ts';

/** The sessions in a request's cookies. */
export interface CookieSessions {
  /** How many different tokens there are. */
  readonly presented: number;
  /** The users of those that are accepted. */
  readonly accepted: readonly UserPrincipal[];
}

/**
 * Looks up every session that a request's cookies name. More than one is accepted only where someone planted a cookie:
 * then none may be believed, or a neighbour could put a person into another account.
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
