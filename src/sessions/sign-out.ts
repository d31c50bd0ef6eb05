import type { Context } from '../context.ts';
import { endOwnSessions } from './end-own-sessions.ts';

/** How far a sign-out goes. */
export interface SignOutInput {
  /** Ends all of the user's sessions, not only the caller's. */
  readonly everywhere?: boolean | null | undefined;
}

/** Result of a sign-out. */
export interface SignedOut {
  /** Whether the session that asked was there to end. */
  readonly signedOut: boolean;
  readonly endedSessions: number;
}

/**
 * Ends the caller's session, or all of its user's, immediately: a session limited to an organization, those that are
 * limited alike. A key or an operator has none to end.
 */
export async function signOut(ctx: Context, { everywhere }: SignOutInput = {}): Promise<SignedOut> {
  const { principal } = ctx;
  if (principal?.kind !== 'user') return { signedOut: false, endedSessions: 0 };
  const { sessionId } = principal;
  const ended = await endOwnSessions(ctx, principal, everywhere ? {} : { id: sessionId });
  return { signedOut: ended.includes(sessionId), endedSessions: ended.length };
}
