import type { ApiKeyIndex } from '../../db/api-key-index.ts';
import { type Page, type PageArgs, readPage, type Sort } from '../../db/page.ts';
import { authorize } from '../access/authorize.ts';
import { keyScopeOf } from '../access/key-scope.ts';
import type { Context } from '../context.ts';
import { type ApiKey, selectApiKeys, toApiKey } from './api-key.ts';
import {
  type ApiKeyFilter,
  filterConditions,
  isBoundTo,
  isNarrowed,
  readFilter,
  shownWhole,
} from './api-key-filter.ts';
import { flushUsage } from './flush-usage.ts';
import { keyOrganization } from './key-organization.ts';

/** What a list of keys is ordered by; equals are ordered by id. */
export interface ApiKeyOrder {
  readonly field: 'CREATED_AT' | 'NAME' | 'LAST_USED_AT' | 'EXPIRES_AT';
  readonly direction: 'ASC' | 'DESC';
}

/** Which keys, in which order; left out: all that are not revoked, the newest first. */
export interface ApiKeyListOptions {
  readonly filter?: ApiKeyFilter | null | undefined;
  readonly orderBy?: ApiKeyOrder | null | undefined;
  /** Only keys bound to this team. */
  readonly boundToTeam?: string | undefined;
  /** Reads only these properties of each key, beside `id` and `organizationId`; left out: all of them. */
  readonly properties?: readonly (keyof ApiKey)[] | undefined;
}

const SORTS: Readonly<Record<ApiKeyOrder['field'], Omit<Sort, 'direction'>>> = {
  CREATED_AT: { name: 'age', column: 'api_keys.created_at', type: 'number', idColumn: 'api_keys.id' },
  NAME: { name: 'name', column: 'api_keys.name_key', type: 'text', idColumn: 'api_keys.id' },
  EXPIRES_AT: { name: 'expiry', column: 'api_keys.expires_at', type: 'number', idColumn: 'api_keys.id' },
  LAST_USED_AT: {
    name: 'use',
    column: 'api_key_usage.last_used_at',
    type: 'number',
    idColumn: 'api_key_usage.api_key_id',
  },
};

/** The index that holds just these keys in just this order, as far as there is one. */
const INDEXES: Readonly<Record<'all' | 'unrevoked', { readonly [F in ApiKeyOrder['field']]?: ApiKeyIndex }>> =
  {
    all: { CREATED_AT: 'api_keys_by_age', NAME: 'api_keys_by_name', EXPIRES_AT: 'api_keys_by_expiry' },
    unrevoked: { CREATED_AT: 'api_keys_unrevoked_by_age', EXPIRES_AT: 'api_keys_unrevoked_by_expiry' },
  };

const PERMISSION = 'api.key.view';

/**
 * A page of an organization's keys. Needs `api.key.view`. Throws NotFoundError (organization), ForbiddenError, or
 * BAD_USER_INPUT for a filter, cursor or size that can't be used.
 */
export async function listApiKeys(
  ctx: Context,
  organizationId: string,
  { filter, orderBy, boundToTeam, properties }: ApiKeyListOptions,
  page: PageArgs,
): Promise<Page<ApiKey>> {
  authorize(ctx, organizationId, PERMISSION);
  const wanted = readFilter(filter ?? {});
  const { field, direction } = orderBy ?? { field: 'CREATED_AT', direction: 'DESC' };
  const { rotationPolicy } = await keyOrganization(ctx.db, organizationId);
  // Uses are written in batches; an answer that depends on them waits for the batch.
  if (field === 'LAST_USED_AT' || isGiven(wanted.unusedSince)) await flushUsage(ctx);
  const scope = keyScopeOf(ctx);
  const reader = () => ctx.scans.reader(ctx.db, 'api_keys', organizationId);
  const shown = shownWhole(wanted);
  // Keys as an index has them, one after the other: as many rows are read as the page has.
  const isWhole = scope === null && boundToTeam === undefined && !isNarrowed(wanted);
  const index = isWhole && shown !== null ? INDEXES[shown][field] : undefined;
  const db = index || (isWhole && shown === 'all') ? ctx.db : await reader();
  let query = selectApiKeys(db, scope, properties, index).where((eb) =>
    eb.and(filterConditions(eb, wanted, { policy: rotationPolicy, now: ctx.clock.now(), scope })),
  );
  if (boundToTeam !== undefined) query = query.where((eb) => isBoundTo(eb, boundToTeam, scope));
  const sort: Sort = { ...SORTS[field], direction: direction === 'ASC' ? 'asc' : 'desc' };
  const toNode = (row: Parameters<typeof toApiKey>[0]): ApiKey => toApiKey(row, ctx.usage);
  if (field !== 'LAST_USED_AT')
    return readPage(query.where('api_keys.organization_id', '=', organizationId), sort, page, toNode, reader);
  // The organization is named where the index of the order begins with it.
  let byUse = query
    .innerJoin('api_key_usage', 'api_key_usage.api_key_id', 'api_keys.id')
    .where('api_key_usage.organization_id', '=', organizationId);
  if (isGiven(wanted.unusedSince)) byUse = byUse.where('api_key_usage.last_used_at', '<', wanted.unusedSince);
  return readPage(byUse, sort, page, toNode, reader);
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
