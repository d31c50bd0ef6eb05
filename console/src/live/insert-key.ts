import type { Cache } from '@urql/exchange-graphcache';
import { parsed } from '../api/document.ts';
import {
  type ApiKeyFilter,
  type ApiKeyOrder,
  type KeyFactsFragment,
  KeyFactsFragmentDoc,
  type KeyPageQueryVariables,
} from '../generated/graphql.ts';
import { compareKeys, isInList } from './key-filter.ts';

const NEWEST_FIRST: ApiKeyOrder = { field: 'CREATED_AT', direction: 'DESC' };

type PageArguments = Omit<KeyPageQueryVariables, 'counted'>;

/** Inserts a new key into every matching list of the organization, at its sorted position. */
export function insertKey(cache: Cache, organizationId: string, key: KeyFactsFragment): void {
  for (const { fieldName, fieldKey, arguments: args } of cache.inspectFields('Query')) {
    if (fieldName !== 'apiKeys' || args?.organizationId !== organizationId) continue;
    const page = cache.resolve('Query', fieldKey);
    if (typeof page !== 'string') continue;
    const { filter, orderBy, after } = args as unknown as PageArguments;
    if (!isInList(key, (filter ?? {}) as ApiKeyFilter)) continue;
    insertIntoPage(cache, page, { key, order: orderBy ?? NEWEST_FIRST, isFirst: !after });
  }
}

interface Insertion {
  readonly key: KeyFactsFragment;
  readonly order: ApiKeyOrder;
  /** Whether this is the first page. */
  readonly isFirst: boolean;
}

function insertIntoPage(cache: Cache, page: string, { key, order, isFirst }: Insertion): void {
  const nodes = cache.resolve(page, 'nodes');
  const own = cache.keyOfEntity({ __typename: 'ApiKey', id: key.id });
  // The cache resolves an object with an id to its key.
  if (!Array.isArray(nodes) || own === null || (nodes as unknown[]).includes(own)) return;
  const keys = nodes as unknown as readonly string[];
  const index = indexIn(cache, keys, { key, order });
  // A key before the first row of a later page belongs to the previous page; after the last row, to one that isn't
  // loaded yet.
  if (index === 0 && !isFirst) return;
  if (index === keys.length && hasNextPage(cache, page)) return;
  cache.link(page, 'nodes', [
    ...(nodes as string[]).slice(0, index),
    own,
    ...(nodes as string[]).slice(index),
  ]);
}

function hasNextPage(cache: Cache, page: string): boolean {
  const info = cache.resolve(page, 'pageInfo');
  return typeof info === 'string' && cache.resolve(info, 'hasNextPage') === true;
}

function indexIn(
  cache: Cache,
  keys: readonly string[],
  { key, order }: Pick<Insertion, 'key' | 'order'>,
): number {
  const index = keys.findIndex((node) => {
    const other = cache.readFragment(parsed(KeyFactsFragmentDoc), node);
    return other !== null && compareKeys(key, other, order) < 0;
  });
  return index < 0 ? keys.length : index;
}
