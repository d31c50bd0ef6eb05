import type { Change } from '../command.ts';
import { newId } from '../core/ids.ts';
import { SESSION_IDLE_MS, SESSION_LIFETIME_MS } from './session-lifetime.ts';
import { hashToken, newToken, SESSION_PREFIX } from './tokens.ts';
import { organizationsOf, reachedBy } from './user-organizations.ts';

/** A new session. */
export interface NewSession {
  readonly id: string;
  /** Shown only once; only its hash is stored. */
  readonly token: string;
  /** When it expires, milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** How to record a session in audit logs. */
export interface SessionNotes {
  /** The actor. Omitted: the caller. */
  readonly actor?: string;
  /** The organizations whose audit logs record it. Omitted: all that it gives access to. */
  readonly organizationIds?: readonly string[];
  /** The only organization that it gives access to. Omitted or null: all of the user's. */
  readonly limitedTo?: string | null;
  /** The stored ceiling of the link that starts it. Omitted or null: none. */
  readonly ceiling?: string | null;
}

/** Creates a session for a user and deletes the user's expired sessions. */
export async function createSession(
  change: Change,
  userId: string,
  notes: SessionNotes = {},
): Promise<NewSession> {
  const { tx, now } = change;
  const { actor, limitedTo = null } = notes;
  await tx
    .deleteFrom('sessions')
    .where('user_id', '=', userId)
    .where((eb) => eb.or([eb('expires_at', '<=', now), eb('last_seen_at', '<=', now - SESSION_IDLE_MS)]))
    .execute();
  const id = newId('ses');
  const token = newToken(SESSION_PREFIX);
  const expiresAt = now + SESSION_LIFETIME_MS;
  await tx
    .insertInto('sessions')
    .values({
      id,
      hash: hashToken(token),
      user_id: userId,
      limited_to: limitedTo,
      ceiling: notes.ceiling ?? null,
      created_at: now,
      expires_at: expiresAt,
      last_seen_at: now,
    })
    .execute();
  const organizationIds = notes.organizationIds ?? reachedBy(await organizationsOf(tx, userId), limitedTo);
  for (const organizationId of organizationIds) {
    const record = { organizationId, action: 'session.created', targetId: id, changes: {} } as const;
    change.audit(actor === undefined ? record : { ...record, actor });
  }
  return { id, token, expiresAt };
}
