import type { Transaction } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import type { Action, ChangeEvent, Changes } from '../changes/events.ts';
import { readPositions } from '../changes/read-changes.ts';
import type { ClientFacts } from '../context.ts';
import { newId } from '../core/ids.ts';

/** An audit row without its sequence. */
export interface AuditRecord {
  readonly organizationId: string;
  readonly action: Action;
  readonly actor: string;
  readonly targetId: string;
  readonly changes: Changes;
}

/** A change that was recorded before. */
export type EarlierChange = Omit<AuditRecord, 'actor' | 'changes'>;

/** Maximum length of a stored user agent, in characters. */
const USER_AGENT_MAX = 300;

/**
 * Writes the rows in the order of the list, numbered on from the organization's sequence. The row of the sequence stays
 * locked until the end of the transaction, so the numbers of an organization are in commit order, without gaps.
 */
export async function recordChanges(
  tx: Transaction<Tables>,
  records: readonly AuditRecord[],
  now: number,
  request: ClientFacts,
): Promise<ChangeEvent[]> {
  const events: ChangeEvent[] = [];
  // Always in the same order, so that transactions over several organizations can't deadlock.
  for (const organizationId of [...new Set(records.map((record) => record.organizationId))].sort()) {
    const own = records.filter((record) => record.organizationId === organizationId);
    const last = await raiseSequence(tx, organizationId, own.length);
    own.forEach((record, index) => {
      const sequence = last - own.length + 1 + index;
      events.push({ type: 'change', id: newId('evt'), sequence, occurredAt: now, ...record });
    });
  }
  if (events.length > 0) {
    await tx
      .insertInto('audit_log')
      .values(events.map((event) => toRow(event, request)))
      .execute();
  }
  return events;
}

/**
 * Events that announce earlier changes of locked organizations again. They have the organization's last sequence, which
 * those recorded in the same transaction follow without a gap.
 */
export async function repeatChanges(
  tx: Transaction<Tables>,
  earlier: readonly EarlierChange[],
  now: number,
): Promise<ChangeEvent[]> {
  if (earlier.length === 0) return [];
  const ids = [...new Set(earlier.map(({ organizationId }) => organizationId))];
  const last = await readPositions(tx, ids);
  return earlier.map((change) => {
    const sequence = last.get(change.organizationId) ?? 0;
    const event = { id: newId('evt'), sequence, occurredAt: now, actor: '', changes: {} };
    return { type: 'change', ...event, ...change, repeated: true };
  });
}

async function raiseSequence(tx: Transaction<Tables>, organizationId: string, by: number): Promise<number> {
  const { value } = await tx
    .updateTable('organization_sequences')
    .set((eb) => ({ value: eb('value', '+', by) }))
    .where('organization_id', '=', organizationId)
    .returning('value')
    .executeTakeFirstOrThrow();
  return value;
}

function toRow(event: ChangeEvent, request: ClientFacts) {
  return {
    id: event.id,
    organization_id: event.organizationId,
    sequence: event.sequence,
    action: event.action,
    actor: event.actor,
    target_id: event.targetId,
    changes: JSON.stringify(event.changes),
    ip: request.ip,
    user_agent: request.userAgent?.slice(0, USER_AGENT_MAX) ?? null,
    occurred_at: event.occurredAt,
  };
}
