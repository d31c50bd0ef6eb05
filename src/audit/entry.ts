import type { Kysely } from 'kysely';
import type { Row, Tables } from '../../db/tables/tables.ts';
import { isInScope, isTeamInScope, type KeyScope, keyScopeOf, type Scoped } from '../access/key-scope.ts';
import type { Action, Changes } from '../changes/events.ts';

/** One change: what, by whom, from where and when. */
export interface AuditEntry {
  readonly id: string;
  readonly organizationId: string;
  /** Position in the organization's log. Increases by one with each entry. */
  readonly sequence: number;
  readonly action: Action;
  /** A user's or key's id, or a system actor's name. */
  readonly actor: string;
  /** Empty for a denied creation, and for an attempt on an object outside the organization. */
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

/** Maps a row to an entry. Omits teams that are not visible to the caller. */
export function toAuditEntry(row: Row<'audit_log'>, scope: KeyScope): AuditEntry {
  const changes = JSON.parse(row.changes) as Changes;
  return {
    id: row.id,
    organizationId: row.organization_id,
    sequence: row.sequence,
    action: row.action as Action,
    actor: row.actor,
    targetId: row.target_id,
    changes: scope ? withTeamsIn(scope, changes) : changes,
    ip: row.ip,
    userAgent: row.user_agent,
    occurredAt: row.occurred_at,
  };
}

function withTeamsIn(scope: readonly string[], changes: Changes): Changes {
  const { teamIds } = changes;
  if (!teamIds) return changes;
  const known = (side: unknown): unknown =>
    Array.isArray(side) ? side.filter((id) => isTeamInScope(scope, id)) : side;
  return { ...changes, teamIds: [known(teamIds[0]), known(teamIds[1])] };
}

/** The entries that are visible to the caller, in any order. */
export async function loadAuditEntries(
  ctx: Scoped & { readonly db: Kysely<Tables> },
  ids: readonly string[],
): Promise<AuditEntry[]> {
  if (ids.length === 0) return [];
  const scope = keyScopeOf(ctx);
  const rows = await ctx.db
    .selectFrom('audit_log')
    .select(AUDIT_COLUMNS)
    .where('id', 'in', ids)
    .where(isInScope(scope, 'audit_log.target_id'))
    .execute();
  return rows.map((row) => toAuditEntry(row, scope));
}
