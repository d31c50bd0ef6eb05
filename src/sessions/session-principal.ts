import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { type UserPrincipal, userPrincipal } from '../access/principal.ts';
import { isOutgrown } from './link-ceiling.ts';
import { SESSION_IDLE_MS } from './session-lifetime.ts';

/** A valid session and its user. */
export interface AcceptedSession {
  readonly principal: UserPrincipal;
  /** The stored last use, milliseconds since the epoch. */
  readonly lastSeenAt: number;
}

/** Identifies a session. */
export type SessionKey = { readonly hash: string } | { readonly id: string };

/**
 * The session and its user's permissions in every organization that it gives access to, in one query. Null if there is
 * no such session, it is too old or was not used for too long, or its user has permissions beyond the ceiling of the
 * link that started it. A user without organizations has no permissions.
 */
export async function loadSession(
  db: Kysely<Tables>,
  key: SessionKey,
  now: number,
): Promise<AcceptedSession | null> {
  const query = db
    .selectFrom('sessions')
    .leftJoin('memberships', (join) =>
      join
        .onRef('memberships.user_id', '=', 'sessions.user_id')
        .on('memberships.joined_at', 'is not', null)
        .on((eb) =>
          eb.or([
            eb('sessions.limited_to', 'is', null),
            eb('sessions.limited_to', '=', eb.ref('memberships.organization_id')),
          ]),
        ),
    )
    .leftJoin('current_roles', 'current_roles.id', 'memberships.role_id')
    .select([
      'sessions.id',
      'sessions.user_id',
      'sessions.limited_to',
      'sessions.ceiling',
      'sessions.last_seen_at',
      'memberships.organization_id',
      'memberships.confirmed',
      'current_roles.permissions',
    ])
    .where('sessions.expires_at', '>', now)
    .where('sessions.last_seen_at', '>', now - SESSION_IDLE_MS)
    .orderBy('memberships.created_at')
    .orderBy('memberships.id');
  const rows = await ('hash' in key
    ? query.where('sessions.hash', '=', key.hash)
    : query.where('sessions.id', '=', key.id)
  ).execute();
  const [session] = rows;
  if (!session) return null;
  const permissions = new Map<string, readonly string[]>();
  const unconfirmed: string[] = [];
  for (const row of rows) {
    if (row.organization_id === null || row.permissions === null) continue;
    if (session.limited_to === null && row.confirmed === 0) {
      unconfirmed.push(row.organization_id);
      continue;
    }
    const held = JSON.parse(row.permissions) as string[];
    // A change that granted more should have revoked the session, but a server of an earlier release doesn't.
    if (isOutgrown(session.ceiling, held)) return null;
    permissions.set(row.organization_id, held);
  }
  const principal = userPrincipal(session.user_id, session.id, permissions, {
    limitedTo: session.limited_to,
    unconfirmed,
  });
  return { principal, lastSeenAt: session.last_seen_at };
}
