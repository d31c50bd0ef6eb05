import type { Database } from '../../db/open.ts';
import type { Services } from '../context.ts';
import { lookUpAtOnce } from './look-up-at-once.ts';
import { lookUpInBatches } from './look-up-in-batches.ts';
import type { KeyLookup } from './services.ts';

/**
 * Looks up keys in this database. Create it before the first change, since it must observe every change. The creator
 * stops it.
 */
export function createKeyLookup(
  { kysely, lookup }: Pick<Database, 'kysely' | 'lookup'>,
  { bus, config }: Pick<Services, 'bus' | 'config'>,
): KeyLookup {
  const keys = config.verifyCacheKeys;
  return lookup.mode === 'sync'
    ? lookUpAtOnce({ kysely, lookup, bus }, keys)
    : lookUpInBatches({ kysely, lookup, bus }, keys);
}
