import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { AppError } from '../core/errors.ts';
import type { Action, ChangeEvent } from './events.ts';

/** Maximum number of changes per read. */
export const CHANGES_PER_READ = 500;

/** Maximum number of organizations whose positions are read together. */
const POSITIONS_PER_READ = 1_000;

/**
 * The changes after a sequence, in order and without a gap, at most CHANGES_PER_READ of them: up to one that has been
 * pruned. Rejects with CURSOR_EXPIRED if that is the first one.
 */
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
  const gap = rows.findIndex(({ sequence }, index) => sequence !== after + 1 + index);
  if (gap === 0) throw expired();
  return (gap < 0 ? rows : rows.slice(0, gap)).map(
    ({ target_id: targetId, occurred_at: occurredAt, action, changes, ...row }) => ({
      type: 'change',
      organizationId,
      ...row,
      action: action as Action,
      targetId,
      changes: JSON.parse(changes) as ChangeEvent['changes'],
      occurredAt,
    }),
  );
}

/** The sequence of each organization's last change. */
export async function readPositions(
  db: Kysely<Tables>,
  organizationIds: readonly string[],
): Promise<Map<string, number>> {
  const positions = new Map<string, number>();
  for (let start = 0; start < organizationIds.length; start += POSITIONS_PER_READ) {
    const rows = await db
      .selectFrom('organization_sequences')
      .select(['organization_id', 'value'])
      .where('organization_id', 'in', organizationIds.slice(start, start + POSITIONS_PER_READ))
      .execute();
    for (const { organization_id, value } of rows) positions.set(organization_id, value);
  }
  return positions;
}

/**
 * The sequence of the last change of the organization whose ID is in a column, for a statement that reads other data at
 * the same position.
 */
export function positionOf(column: string): RawBuilder<number> {
  return sql`(select value from organization_sequences where organization_id = ${sql.ref(column)})`;
}

/**
 * Checks that everything after a sequence can still be replayed. Throws CURSOR_INVALID for a sequence that has not been
 * reached yet, and CURSOR_EXPIRED if changes after it have been pruned.
 */
export async function requireReplayable(
  db: Kysely<Tables>,
  organizationId: string,
  after: number,
): Promise<void> {
  const position = (await readPositions(db, [organizationId])).get(organizationId) ?? 0;
  if (after > position) throw new AppError('CURSOR_INVALID', 'This cursor is ahead of the last change');
  if (after === position) return;
  const oldest = await db
    .selectFrom('audit_log')
    .select('sequence')
    .where('organization_id', '=', organizationId)
    .orderBy('sequence')
    .limit(1)
    .executeTakeFirst();
  if (!oldest || oldest.sequence > after + 1) throw expired();
}

/** Whether changes can never be read again. Other errors, such as an outage, are temporary. */
export function isExpired(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'CURSOR_EXPIRED';
}

function expired(): AppError {
  return new AppError('CURSOR_EXPIRED', 'Changes after this cursor are no longer stored: reload the keys');
}
