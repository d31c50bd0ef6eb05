import { type Page, type PageArgs, readPage, type Sort, type Walks } from '../../db/queries/page.ts';
import { isActorInScope, isInScope, type KeyScope, keyScopeOf } from '../access/key-scope.ts';
import { requireOrganization } from '../access/require-organization.ts';
import type { Context } from '../context.ts';
import { type AuditConditions, type AuditFilter, readAuditFilter } from './audit-filter.ts';
import {
  type AuditIndex,
  type AuditSearch,
  countFound,
  type Entries,
  gather,
  walk,
  walksByAction,
} from './audit-walks.ts';
import { type AuditEntry, toAuditEntry } from './entry.ts';

export type { AuditFilter } from './audit-filter.ts';

const BY_SEQUENCE: Sort = {
  name: 'audit',
  column: 'sequence',
  type: 'number',
  idColumn: 'id',
  direction: 'desc',
  isUnique: true,
};

/** The same as the order of the log, unless a clock was set back. */
const BY_TIME: Sort = {
  name: 'audit-time',
  column: 'occurred_at',
  type: 'number',
  idColumn: 'id',
  direction: 'desc',
};

/** Maximum number of entries that are read and sorted for a page. */
const GATHERED_MAX = 5_000;

/** Maximum number of actions whose entries are read on the request connection. */
const NEAR_ACTIONS_MAX = 20;

/**
 * A page of an organization's log, newest first: by sequence or, if the filter has a time, by time. A caller limited to
 * teams sees entries of visible keys. Requires `audit.view`. Rejects with NotFoundError for an organization that the
 * caller doesn't belong to, and with BAD_USER_INPUT for invalid arguments.
 */
export async function listAudit(
  ctx: Context,
  organizationId: string,
  filter: AuditFilter,
  page: PageArgs,
): Promise<Page<AuditEntry>> {
  await requireOrganization(ctx, organizationId, 'audit.view');
  const conditions = readAuditFilter(filter);
  const scope = keyScopeOf(ctx);
  const reader = () => ctx.scans.reader(ctx.db, 'audit_log', organizationId);
  const entries = conditions
    ? await find(ctx, { organizationId, conditions, scope })
    : walk({ db: ctx.db, organizationId, conditions: NO_CONDITIONS }, 'log').where((eb) => eb.lit(false));
  const sort = conditions?.time ? BY_TIME : BY_SEQUENCE;
  return readPage(entries, sort, page, (row) => toAuditEntry(row, scope), reader);
}

const NO_CONDITIONS: AuditConditions = {
  actions: null,
  doneOnly: false,
  targetId: null,
  actorId: null,
  time: null,
};

/** Plans how to find the entries. Reads that may take long run separately from requests. */
async function find(
  ctx: Context,
  {
    organizationId,
    conditions,
    scope,
  }: { readonly organizationId: string; readonly conditions: AuditConditions; readonly scope: KeyScope },
): Promise<Entries | Walks<Entries>> {
  const [index = 'log', ...others] = indexesFor(conditions);
  const near: AuditSearch = { db: ctx.db, organizationId, conditions };
  const isWhole = scope === null && others.length === 0 && !conditions.doneOnly;
  if (isWhole && index !== 'action') return walk(near, index);
  const isShort = (conditions.actions?.length ?? 0) <= NEAR_ACTIONS_MAX;
  if (isWhole && isShort) return walksByAction(near);
  const far = { ...near, db: await ctx.scans.reader(ctx.db, 'audit_log', organizationId) };
  if (isWhole) return walksByAction(far);
  if (scope) {
    const inOrder = conditions.time && index !== 'target' ? 'time' : index === 'action' ? 'log' : index;
    const own = walk(far, inOrder).where(isInScope(scope, 'audit_log.target_id'));
    const { actorId } = conditions;
    return actorId === null ? own : own.where(isActorInScope(scope, actorId, 'audit_log.actor'));
  }
  if (others.length === 0) return walk(far, index);
  const [narrowest, count] = await narrowestOf(far, [index, ...others]);
  if (count <= GATHERED_MAX) return gather(far, narrowest);
  return walk(far, conditions.time ? 'time' : index);
}

/** The indexes that the conditions allow, usually the most selective first. */
function indexesFor({ targetId, actorId, actions, time }: AuditConditions): AuditIndex[] {
  return [
    ...(targetId === null ? [] : (['target'] as const)),
    ...(actorId === null ? [] : (['actor'] as const)),
    ...(actions === null ? [] : (['action'] as const)),
    ...(time === null ? [] : (['time'] as const)),
  ];
}

async function narrowestOf(
  search: AuditSearch,
  indexes: readonly AuditIndex[],
): Promise<[index: AuditIndex, count: number]> {
  let narrowest: [AuditIndex, number] = ['log', Number.POSITIVE_INFINITY];
  for (const index of indexes) {
    const count = await countFound(search, index, GATHERED_MAX);
    if (count < narrowest[1]) narrowest = [index, count];
  }
  return narrowest;
}
