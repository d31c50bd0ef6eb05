import type { Context } from '../context.ts';
import { UnauthenticatedError } from '../core/errors.ts';
import type { Session } from './session.ts';
import { SESSION_IDLE_MS } from './session-lifetime.ts';

/** Maximum number of sessions returned. */
const SESSIONS_MAX = 100;

/**
 * The caller's active sessions, most recently used first, at most 100. Empty for keys and operators. A session limited
 * to an organization sees only sessions with the same limit. Rejects with UnauthenticatedError.
 */
export async function listSessions(ctx: Context): Promise<Session[]> {
  return ownSessions(ctx, (query) =>
    query.orderBy('last_seen_at', 'desc').orderBy('id', 'desc').limit(SESSIONS_MAX),
  );
}

/** Those of these sessions that `listSessions` would return without a maximum, in any order. */
export async function findSessions(ctx: Context, ids: readonly string[]): Promise<Session[]> {
  return ownSessions(ctx, (query) => query.where('id', 'in', ids));
}

type SessionQuery = ReturnType<typeof activeSessions>;

async function ownSessions(
  { principal, db, clock }: Context,
  narrow: (query: SessionQuery) => SessionQuery,
): Promise<Session[]> {
  if (!principal) throw new UnauthenticatedError();
  if (principal.kind !== 'user') return [];
  const { userId, limitedTo, sessionId } = principal;
  let query = activeSessions(db, userId, clock.now());
  if (limitedTo !== null) query = query.where('limited_to', '=', limitedTo);
  const rows = await narrow(query).execute();
  return rows.map((row) => ({
    id: row.id,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    expiresAt: row.expires_at,
    limitedTo: row.limited_to,
    current: row.id === sessionId,
  }));
}

function activeSessions(db: Context['db'], userId: string, now: number) {
  return db
    .selectFrom('sessions')
    .select(['id', 'created_at', 'last_seen_at', 'expires_at', 'limited_to'])
    .where('user_id', '=', userId)
    .where('expires_at', '>', now)
    .where('last_seen_at', '>', now - SESSION_IDLE_MS);
}
