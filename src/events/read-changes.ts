import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import type { Action, ChangeEvent } from './events.ts';

/** How many changes are read at once. */
export const CHANGES_PER_READ = 500;

/** The changes after a sequence, in order, at most CHANGES_PER_READ of them. */
export async function readChanges(
  db: Kysely<Tables>,
  organizationId: string,
  after: number,
): Promise<ChangeEvent[]> {
  const rows = await db
    .selectFrom('audit_log')
    .select(['id', 'sequence', 'action', 'actor', 'target_id', 'changes', 'occurred_at'])
    .where('organization_id', '=', organizationId)
    .where('sequence', '>', after)
    .orderBy('sequence')
    .limit(CHANGES_PER_READ)
    .execute();
  return rows.map((row) => ({
    type: 'change',
    id: row.id,
    organizationId,
    sequence: row.sequence,
    action: row.action as Action,
    actor: row.actor,
    targetId: row.target_id,
    changes: JSON.parse(row.changes) as ChangeEvent['changes'],
    occurredAt: row.occurred_at,
  }));
}
