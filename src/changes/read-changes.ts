import type { Kysely } from 'kysely';
import type { Row, Tables } from '../../db/tables.ts';
import type { Action, ChangeEvent } from './events.ts';

/** How many changes are read at once. */
export const CHANGES_PER_READ = 500;

const COLUMNS = ['id', 'sequence', 'action', 'actor', 'target_id', 'changes', 'occurred_at'] as const;

/** The changes after a sequence, in order, at most CHANGES_PER_READ of them. */
export async function readChanges(
  db: Kysely<Tables>,
  organizationId: string,
  after: number,
): Promise<ChangeEvent[]> {
  const rows = await db
    .selectFrom('audit_log')
    .select(COLUMNS)
    .where('organization_id', '=', organizationId)
    .where('sequence', '>', after)
    .orderBy('sequence')
    .limit(CHANGES_PER_READ)
    .execute();
  return rows.map((row) => toChange(organizationId, row));
}

/**
 * The changes from `first` to `last` that are among the `recent` last ones of the organization, in order: of more than
 * CHANGES_PER_READ the newest.
 */
export async function readNewestChanges(
  db: Kysely<Tables>,
  organizationId: string,
  { first, last, recent }: { readonly first: number; readonly last: number; readonly recent: number },
): Promise<ChangeEvent[]> {
  const rows = await db
    .selectFrom('audit_log')
    .select(COLUMNS)
    .where('organization_id', '=', organizationId)
    .where('sequence', '>=', first)
    .where('sequence', '<=', last)
    .where('sequence', '>', (audit) =>
      audit
        .selectFrom('organization_sequences')
        .select((eb) => eb('value', '-', recent).as('old'))
        .where('organization_id', '=', organizationId),
    )
    .orderBy('sequence', 'desc')
    .limit(CHANGES_PER_READ)
    .execute();
  return rows.map((row) => toChange(organizationId, row)).reverse();
}

function toChange(
  organizationId: string,
  row: Pick<Row<'audit_log'>, (typeof COLUMNS)[number]>,
): ChangeEvent {
  return {
    type: 'change',
    id: row.id,
    organizationId,
    sequence: row.sequence,
    action: row.action as Action,
    actor: row.actor,
    targetId: row.target_id,
    changes: JSON.parse(row.changes) as ChangeEvent['changes'],
    occurredAt: row.occurred_at,
  };
}
