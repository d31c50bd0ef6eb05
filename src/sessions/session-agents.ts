import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import type { Action } from '../changes/events.ts';

const BEGUN: Action = 'session.created';

/**
 * User agents that these sessions were started with, by session id, from the audit log. None for sessions started on
 * the command line or before the log's retention period.
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
