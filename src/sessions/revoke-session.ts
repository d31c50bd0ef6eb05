import type { Context } from '../context.ts';
import { NotFoundError, UnauthenticatedError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { endOwnSessions } from './end-own-sessions.ts';

/** The session to revoke. */
export interface RevokeSessionInput {
  /** `ses_…` */
  readonly id: string;
}

/**
 * Revokes one of the caller's own sessions, immediately, and returns its id. Rejects with UnauthenticatedError, or with
 * NotFoundError if it is not one of the caller's sessions.
 */
export async function revokeSession(ctx: Context, { id }: RevokeSessionInput): Promise<string> {
  const { principal } = ctx;
  if (!principal) throw new UnauthenticatedError();
  const [ended] =
    principal.kind === 'user' && isId('ses', id) ? await endOwnSessions(ctx, principal, { id }) : [];
  if (ended === undefined) throw new NotFoundError(id, 'session');
  return ended;
}
