import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import { AppError } from '../core/errors.ts';
import type { ChangeEvent } from './events.ts';
import { readChanges as readLog } from './read-changes.ts';

export { CHANGES_PER_READ } from './read-changes.ts';

/**
 * The changes after a sequence, in order and without a gap, at most CHANGES_PER_READ of them: up to one that is kept no
 * more. Rejects with CURSOR_EXPIRED where that is the first.
 */
export async function readChanges(
  db: Kysely<Tables>,
  organizationId: string,
  after: number,
): Promise<ChangeEvent[]> {
  const changes = await readLog(db, organizationId, after);
  const gap = changes.findIndex(({ sequence }, index) => sequence !== after + 1 + index);
  if (gap === 0) throw expired();
  return gap < 0 ? changes : changes.slice(0, gap);
}

/** The sequence of each organization's last change. */
export async function readPositions(
  db: Kysely<Tables>,
  organizationIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('organization_sequences')
    .select(['organization_id', 'value'])
    .where('organization_id', 'in', organizationIds)
    .execute();
  return new Map(rows.map((row) => [row.organization_id, row.value]));
}

/**
 * Checks that everything after a sequence can still be replayed. Throws CURSOR_INVALID for a sequence that is not
 * reached yet, CURSOR_EXPIRED where changes after it are kept no more.
 */
export async function requireReplayable(
  db: Kysely<Tables>,
  organizationId: string,
  after: number,
): Promise<void> {
  const position = (await readPositions(db, [organizationId])).get(organizationId) ?? 0;
  if (after > position)
    throw new AppError('CURSOR_INVALID', 'This cursor names a change that has not happened');
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

function expired(): AppError {
  return new AppError('CURSOR_EXPIRED', 'Changes after this cursor are kept no more; read the keys anew');
}
