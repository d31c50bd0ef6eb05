import type { Context } from '../context.ts';
import { UnauthenticatedError } from '../core/errors.ts';
import type { Session } from './session.ts';
import { SESSION_IDLE_MS } from './session-lifetime.ts';

/** Maximum number of sessions returned. */
const SESSIONS_MAX = 100;

/**
 * The caller's sessions that go on, most recently used first, at most 100; none for keys and operators. A session
 * limited to an organization sees only those that are limited alike. Rejects with UnauthenticatedError.
 */
export async function listSessions(ctx: Context): Promise<Session[]> {
  const { principal, db, clock } = ctx;
  if (!principal) throw new UnauthenticatedError();
  if (principal.kind !== 'user') return [];
  const now = clock.now();
  let query = db
    .selectFrom('sessions')
    .select(['id', 'created_at', 'last_seen_at', 'expires_at', 'limited_to'])
    .where('user_id', '=', principal.userId)
    .where('expires_at', '>', now)
    .where('last_seen_at', '>', now - SESSION_IDLE_MS);
  if (principal.limitedTo !== null) query = query.where('limited_to', '=', principal.limitedTo);
  const rows = await query
    .orderBy('last_seen_at', 'desc')
    .orderBy('id', 'desc')
    .limit(SESSIONS_MAX)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    expiresAt: row.expires_at,
    limitedTo: row.limited_to,
    current: row.id === principal.sessionId,
  }));
}
