import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { SESSION_IDLE_MS } from './session-lifetime.ts';

/** Those of up to a few hundred sessions that are still valid. */
export async function stillValidSessions(
  db: Kysely<Tables>,
  now: number,
  ids: readonly string[],
): Promise<string[]> {
  const rows = await db
    .selectFrom('sessions')
    .select('id')
    .where('id', 'in', ids)
    .where('expires_at', '>', now)
    .where('last_seen_at', '>', now - SESSION_IDLE_MS)
    .execute();
  return rows.map((row) => row.id);
}

/** Those of up to a few hundred operator tokens that are not revoked. */
export async function stillValidOperatorTokens(
  db: Kysely<Tables>,
  _now: number,
  ids: readonly string[],
): Promise<string[]> {
  const rows = await db
    .selectFrom('operator_tokens')
    .select('id')
    .where('id', 'in', ids)
    .where('revoked_at', 'is', null)
    .execute();
  return rows.map((row) => row.id);
}
