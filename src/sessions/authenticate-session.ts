import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import type { UserPrincipal } from '../access/principal.ts';
import type { Clock } from '../core/clock.ts';
import { SESSION_TOUCH_MS } from './session-lifetime.ts';
import { loadSession, type SessionKey } from './session-principal.ts';
import { hashToken, isToken, SESSION_PREFIX } from './tokens.ts';

/**
 * The user of a session token with its permissions in every organization that it has joined. Null if the token is
 * unknown, the session was revoked, is over 30 days old, or was not used for 12 hours. Counts as a use of the session.
 */
export async function authenticateSession(
  db: Kysely<Tables>,
  clock: Clock,
  token: string,
): Promise<UserPrincipal | null> {
  if (!isToken(SESSION_PREFIX, token)) return null;
  return acceptSession(db, clock, { hash: hashToken(token) });
}

/** The same for a session by hash, or by id if its token has already been verified. */
export async function acceptSession(
  db: Kysely<Tables>,
  clock: Clock,
  key: SessionKey,
): Promise<UserPrincipal | null> {
  const now = clock.now();
  const session = await loadSession(db, key, now);
  if (!session) return null;
  if (now - session.lastSeenAt >= SESSION_TOUCH_MS) touchLater(db, session.principal.sessionId, now);
  return session.principal;
}

/** By database, the latest use of sessions whose last use is being written. */
const touching = new WeakMap<Kysely<Tables>, Map<string, number>>();

/**
 * Writes the use in the background, one write at a time: the caller must not wait for a database that is being written
 * to. If it fails, the next request tries again.
 */
function touchLater(db: Kysely<Tables>, sessionId: string, now: number): void {
  const uses = touching.get(db) ?? new Map<string, number>();
  touching.set(db, uses);
  const isUnderWay = uses.has(sessionId);
  uses.set(sessionId, now);
  if (isUnderWay) return;
  const writeLatest = async (): Promise<void> => {
    for (let use = now, written = 0; use - written >= SESSION_TOUCH_MS; use = uses.get(sessionId) ?? use) {
      await touch(db, sessionId, use);
      written = use;
    }
  };
  writeLatest()
    .catch(() => {})
    .finally(() => uses.delete(sessionId));
}

async function touch(db: Kysely<Tables>, sessionId: string, now: number): Promise<void> {
  // Only the first of concurrent requests that read the same old time writes, and a lagging clock never moves it back.
  await db
    .updateTable('sessions')
    .set({ last_seen_at: now })
    .where('id', '=', sessionId)
    .where('last_seen_at', '<=', now - SESSION_TOUCH_MS)
    .execute();
}
