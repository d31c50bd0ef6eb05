import type { ApiKeyIndex } from '../../../db/queries/api-key-index.ts';
import type { Tables } from '../../../db/tables/tables.ts';
import { isProvided } from '../../core/provided.ts';
import { type ApiKeyFilter, isNarrowed, keptBy } from './api-key-filter.ts';

/** The order of a list of keys. Ties are ordered by id. */
export interface ApiKeyOrder {
  readonly field: 'CREATED_AT' | 'NAME' | 'LAST_USED_AT' | 'EXPIRES_AT';
  readonly direction: 'ASC' | 'DESC';
}

/** How to read a list in its order. */
export interface KeyWalk {
  /** Null: the order of last uses. */
  readonly index: ApiKeyIndex | null;
  /** Columns by which the index is searched. */
  readonly columns: readonly (keyof Tables['api_keys'] & string)[];
  /** Whether the filter selects every entry: a page then reads only its own rows. */
  readonly isExact: boolean;
}

/** The index to walk: the one with the fewest keys that the filter excludes. */
export function walkOf(field: ApiKeyOrder['field'], filter: ApiKeyFilter): KeyWalk {
  const { kept, whole } = keptBy(filter);
  const isWhole = whole && !isNarrowed(filter);
  const walk = (index: ApiKeyIndex, isExact: boolean, ...columns: KeyWalk['columns']): KeyWalk => ({
    index,
    isExact,
    columns,
  });
  if (field === 'LAST_USED_AT') return { index: null, isExact: kept === 'all' && isWhole, columns: [] };
  if (field === 'NAME') return walk('api_keys_by_name', kept === 'all' && isWhole);
  if (field === 'EXPIRES_AT')
    return kept === 'unrevoked'
      ? walk('api_keys_unrevoked_by_expiry', isWhole, 'expires_at')
      : walk('api_keys_by_expiry', kept === 'all' && isWhole, 'expires_at');
  const { externalId, createdById, roleId, status } = filter;
  if (isProvided(externalId)) return walk('api_keys_by_external_id', false, 'created_at', 'external_id');
  if (isProvided(createdById)) return walk('api_keys_by_creator', false, 'created_at', 'created_by');
  if (isProvided(roleId)) return walk('api_keys_by_role', false, 'created_at', 'role_id');
  if (kept === 'revoked') return walk('api_keys_revoked', isWhole, 'created_at');
  if (kept === 'all') return walk('api_keys_by_age', isWhole, 'created_at');
  return status?.length === 1 && status[0] === 'DISABLED'
    ? walk('api_keys_disabled', !isNarrowed(filter), 'created_at')
    : walk('api_keys_unrevoked_by_age', isWhole, 'created_at');
}
