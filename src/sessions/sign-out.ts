import type { Context } from '../context.ts';
import { endOwnSessions } from './end-own-sessions.ts';

/** The extent of a sign-out. */
export interface SignOutInput {
  /** Revokes all of the user's sessions, not only the caller's. */
  readonly everywhere?: boolean | null | undefined;
}

/** Result of a sign-out. */
export interface SignedOut {
  /** Whether the caller's session existed. */
  readonly signedOut: boolean;
  readonly endedSessions: number;
}

/**
 * Revokes the caller's session, or all of its user's, immediately. A session limited to an organization revokes only
 * sessions with the same limit. A key or an operator has none to revoke.
 */
export async function signOut(ctx: Context, { everywhere }: SignOutInput = {}): Promise<SignedOut> {
  const { principal } = ctx;
  if (principal?.kind !== 'user') return { signedOut: false, endedSessions: 0 };
  const { sessionId } = principal;
  const ended = await endOwnSessions(ctx, principal, everywhere ? {} : { id: sessionId });
  return { signedOut: ended.includes(sessionId), endedSessions: ended.length };
}
