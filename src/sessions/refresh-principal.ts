import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { type OperatorPrincipal, operatorPrincipal, type UserPrincipal } from '../access/principal.ts';
import type { Clock } from '../core/clock.ts';
import { loadSession } from './session-principal.ts';

/**
 * The user of a session with its current permissions. Null if the session is no longer valid. Doesn't count as a use.
 */
export async function refreshSession(
  db: Kysely<Tables>,
  clock: Clock,
  sessionId: string,
): Promise<UserPrincipal | null> {
  const session = await loadSession(db, { id: sessionId }, clock.now());
  return session?.principal ?? null;
}

/** The operator of a token. Null if the token is revoked. */
export async function refreshOperator(
  db: Kysely<Tables>,
  tokenId: string,
): Promise<OperatorPrincipal | null> {
  const row = await db
    .selectFrom('operator_tokens')
    .select(['id', 'name'])
    .where('id', '=', tokenId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return row ? operatorPrincipal(row.id, row.name) : null;
}
