import { sql } from 'kysely';
import { isPostgres } from '../../../db/is-postgres.ts';
import { type Page, type PageArgs, readPage, type Sort } from '../../../db/queries/page.ts';
import { authorize } from '../../access/authorize.ts';
import { keyScopeOf } from '../../access/key-scope.ts';
import { isProvided } from '../../core/provided.ts';
import { organizationById } from '../../organizations/organization.ts';
import { type ApiKey, addColumns, type keysInScope, toApiKey } from '../api-key.ts';
import { flushUsage } from '../flush-usage.ts';
import type { KeysContext } from '../pending-usage.ts';
import { type ApiKeyFilter, readFilter } from './api-key-filter.ts';
import { type ApiKeyOrder, walkOf } from './key-walk.ts';
import { planKeyList, walkAlong } from './plan-key-list.ts';

export type { ApiKeyOrder } from './key-walk.ts';

/** Which keys, in which order. Omitted: all that are not revoked, newest first. */
export interface ApiKeyListOptions {
  readonly filter?: ApiKeyFilter | null | undefined;
  readonly orderBy?: ApiKeyOrder | null | undefined;
  /** Only keys bound to this team. */
  readonly boundToTeam?: string | undefined;
  /** Reads only these properties of each key, in addition to `id` and `organizationId`. Omitted: all of them. */
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

const PERMISSION = 'api.key.view';

/**
 * A page of an organization's keys. Requires `api.key.view`. Throws NotFoundError (organization), ForbiddenError, or
 * BAD_USER_INPUT for a filter, cursor or size that can't be used.
 */
export async function listApiKeys(
  ctx: KeysContext,
  organizationId: string,
  { filter, orderBy, boundToTeam, properties }: ApiKeyListOptions,
  page: PageArgs,
): Promise<Page<ApiKey>> {
  authorize(ctx, organizationId, PERMISSION);
  const wanted = readFilter(filter ?? {});
  const { field, direction } = orderBy ?? { field: 'CREATED_AT', direction: 'DESC' };
  const { rotationPolicy } = await organizationById(ctx.db, organizationId);
  // Uses are written in batches: a response that depends on them waits for the batch.
  if (field === 'LAST_USED_AT' || isProvided(wanted.unusedSince)) await flushUsage(ctx);
  const scope = keyScopeOf(ctx);
  const selection = {
    engine: isPostgres(ctx.db) ? ('postgres' as const) : ('sqlite' as const),
    ...{ organizationId, filter: wanted, policy: rotationPolicy, scope, boundToTeam },
    now: ctx.clock.now(),
  };
  const sort: Sort = { ...SORTS[field], direction: direction === 'ASC' ? 'asc' : 'desc' };
  const toNode = (row: KeyRow): ApiKey => toApiKey(row, ctx.usage);
  const reader = () => ctx.scans.reader(ctx.db, 'api_keys', organizationId);
  const walk = walkOf(field, wanted);
  const isWalk = walk.isExact && scope === null && boundToTeam === undefined;
  // As many rows are read as the page has.
  if (isWalk) {
    const query = addColumns(walkAlong(ctx.db, selection, walk), properties);
    return readPage(query, sort, page, toNode, reader);
  }
  const plan = await planKeyList(ctx.db, await reader(), selection, walk);
  return readPage(plan.query as ReturnType<typeof addColumns>, sort, page, toNode, reader, {
    complete: async (found, towards) => {
      const keys = addColumns(
        plan.db
          .selectFrom(found.as('page'))
          .crossJoin('api_keys')
          .whereRef('api_keys.id', '=', 'page.sort_id') as unknown as ReturnType<typeof keysInScope>,
        properties,
      );
      const ordered = keys.select([
        sql<string>`page.sort_value`.as('sort_value'),
        sql<string>`page.sort_id`.as('sort_id'),
      ]);
      return ordered.orderBy(sql`page.sort_value`, towards).orderBy(sql`page.sort_id`, towards).execute();
    },
    total: () => plan.total(),
  });
}

type KeyRow = Parameters<typeof toApiKey>[0];
