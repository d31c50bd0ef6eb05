import { type Page, type PageArgs, readPage, type Sort } from '../../db/page.ts';
import { isActorInScope, isInScope, keyScopeOf } from '../access/key-scope.ts';
import { requireOrganization } from '../access/require-organization.ts';
import type { Context } from '../context.ts';
import { idType } from '../core/ids.ts';
import { Input } from '../core/input.ts';
import { DENIED_ACTIONS } from '../events/events.ts';
import { AUDIT_COLUMNS, type AuditEntry, toAuditEntry } from './entry.ts';

/** Narrows the log: all conditions hold. Times are milliseconds since the epoch; null is left out. */
export interface AuditFilter {
  /** DENIED: attempts that were rejected, and changed nothing. */
  readonly outcome?: 'DONE' | 'DENIED' | null | undefined;
  /** Any of these, at most 100. */
  readonly actions?: readonly string[] | null | undefined;
  readonly targetId?: string | null | undefined;
  /** A user's or key's id, or a system actor's name. */
  readonly actorId?: string | null | undefined;
  /** Not before. */
  readonly from?: number | null | undefined;
  /** Before. */
  readonly to?: number | null | undefined;
}

const NEWEST_FIRST: Sort = {
  name: 'audit',
  column: 'audit_log.sequence',
  type: 'number',
  idColumn: 'audit_log.id',
  direction: 'desc',
};

const ACTIONS_MAX = 100;

/**
 * An organization's log, the latest change first; for a caller limited to teams, of the keys that exist for it. The caller needs `audit.view`. Rejects with NotFoundError for an
 * organization that the caller is no part of, with BAD_USER_INPUT for arguments that can't be used.
 */
export async function listAudit(
  ctx: Context,
  organizationId: string,
  filter: AuditFilter,
  page: PageArgs,
): Promise<Page<AuditEntry>> {
  await requireOrganization(ctx, organizationId, 'audit.view');
  const input = new Input();
  const actions = input.uniqueStrings(['filter', 'actions'], filter.actions, ACTIONS_MAX).filter(isPlain);
  input.checkArguments();
  const scope = keyScopeOf(ctx);
  const reader = () => ctx.scans.reader(ctx.db, 'audit_log', organizationId);
  // In the order of the log as it is; a filter may have to look through all of it.
  const isWhole = scope === null && !Object.values(filter).some(isGiven);
  let query = (isWhole ? ctx.db : await reader())
    .selectFrom('audit_log')
    .select(AUDIT_COLUMNS)
    .where('organization_id', '=', organizationId)
    .where(isInScope(scope, 'audit_log.target_id'));
  const { outcome, targetId, actorId, from, to } = filter;
  if (isGiven(outcome)) query = query.where('action', outcome === 'DENIED' ? 'in' : 'not in', DENIED_ACTIONS);
  if (isGiven(filter.actions))
    query = query.where((eb) => (actions.length > 0 ? eb('action', 'in', actions) : eb.lit(false)));
  if (isGiven(targetId))
    query = query.where((eb) => (idType(targetId) ? eb('target_id', '=', targetId) : eb.lit(false)));
  if (isGiven(actorId)) {
    query = query
      .where((eb) => (isPlain(actorId) ? eb('actor', '=', actorId) : eb.lit(false)))
      .where(isActorInScope(scope, actorId, 'audit_log.actor'));
  }
  if (isGiven(from)) query = query.where('occurred_at', '>=', from);
  if (isGiven(to)) query = query.where('occurred_at', '<', to);
  return readPage(query, NEWEST_FIRST, page, (row) => toAuditEntry(row, scope), reader);
}

/** Whether an action or actor can be named so; no other text reaches the database. */
function isPlain(text: string): boolean {
  return /^[\w.:-]{1,100}$/.test(text);
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
