import type { Context } from '../context.ts';
import { NotFoundError, UnauthenticatedError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { endOwnSessions } from './end-own-sessions.ts';

/** The session to end. */
export interface RevokeSessionInput {
  /** `ses_…` */
  readonly id: string;
}

/**
 * Ends one of the caller's own sessions, immediately, and returns its id. Rejects with UnauthenticatedError, or with
 * NotFoundError if the caller has no such session: someone else's is answered like one that doesn't exist.
 */
export async function revokeSession(ctx: Context, { id }: RevokeSessionInput): Promise<string> {
  const { principal } = ctx;
  if (!principal) throw new UnauthenticatedError();
  const [ended] =
    principal.kind === 'user' && isId('ses', id) ? await endOwnSessions(ctx, principal, { id }) : [];
  if (ended === undefined) throw new NotFoundError(id, 'session');
  return ended;
}
