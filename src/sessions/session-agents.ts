import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import type { Action } from '../changes/events.ts';

const BEGUN: Action = 'session.created';

/**
 * What the clients called themselves that these sessions began in, by the sessions' ids: the audit log says it. None for
 * sessions that began on the command line, or longer ago than the log is kept.
 */
export async function findSessionAgents(
  db: Kysely<Tables>,
  sessionIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (sessionIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('audit_log')
    .select(['target_id', 'user_agent'])
    .where('target_id', 'in', sessionIds)
    .where('action', '=', BEGUN)
    .where('user_agent', 'is not', null)
    .execute();
  return new Map(rows.map(({ target_id, user_agent }) => [target_id, user_agent ?? '']));
}
