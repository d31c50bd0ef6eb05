import type { Kysely } from 'kysely';
import type { Row, Tables } from '../../db/tables.ts';
import type { Action, Changes } from '../events/events.ts';

/** One change, by whom, from where and when. */
export interface AuditEntry {
  readonly id: string;
  readonly organizationId: string;
  /** Position in the organization's log; grows by one. */
  readonly sequence: number;
  readonly action: Action;
  /** A user's or key's id, or a system actor's name. */
  readonly actor: string;
  readonly targetId: string;
  readonly changes: Changes;
  readonly ip: string | null;
  readonly userAgent: string | null;
  /** Milliseconds since the epoch. */
  readonly occurredAt: number;
}

/** The columns of an entry. */
export const AUDIT_COLUMNS = [
  'audit_log.id',
  'audit_log.organization_id',
  'audit_log.sequence',
  'audit_log.action',
  'audit_log.actor',
  'audit_log.target_id',
  'audit_log.changes',
  'audit_log.ip',
  'audit_log.user_agent',
  'audit_log.occurred_at',
] as const;

/** An entry from its row. */
export function toAuditEntry(row: Row<'audit_log'>): AuditEntry {
  return {
    id: row.id,
    organizationId: row.organization_id,
    sequence: row.sequence,
    action: row.action as Action,
    actor: row.actor,
    targetId: row.target_id,
    changes: JSON.parse(row.changes) as Changes,
    ip: row.ip,
    userAgent: row.user_agent,
    occurredAt: row.occurred_at,
  };
}

/** Those of the entries that exist, in any order. */
export async function loadAuditEntries(db: Kysely<Tables>, ids: readonly string[]): Promise<AuditEntry[]> {
  if (ids.length === 0) return [];
  const rows = await db.selectFrom('audit_log').select(AUDIT_COLUMNS).where('id', 'in', ids).execute();
  return rows.map(toAuditEntry);
}
