import type { Kysely } from 'kysely';
import type { AsyncLookup, Database } from '../../db/open.ts';
import type { Tables } from '../../db/tables/tables.ts';
import type { Services } from '../context.ts';
import { type KeyReads, lookUpInBatches } from '../verification/look-up-in-batches.ts';
import type { KeyLookup } from '../verification/services.ts';
import { queryByHashes } from './find-by-hash.ts';
import { LOOK_AGE, lookUpAtOnce } from './look-up-at-once.ts';
import { queryForms } from './query-forms.ts';
import { verifiableKey } from './verifiable-row.ts';

/**
 * Looks up keys in this database. Create it before the first change, since it must observe every change. `lookAge` is
 * how old its checks for changes of other processes may be, on SQLite. The creator stops it.
 */
export function createKeyLookup(
  { kysely, lookup }: Pick<Database, 'kysely' | 'lookup'>,
  { bus, config }: Pick<Services, 'bus' | 'config'>,
  lookAge = LOOK_AGE,
): KeyLookup {
  const keys = config.verifyCacheKeys;
  return lookup.mode === 'sync'
    ? lookUpAtOnce({ kysely, lookup, bus }, keys, lookAge)
    : lookUpInBatches(keyReads(kysely, lookup), bus, keys);
}

/** Reads keys on a database server. */
function keyReads(kysely: Kysely<Tables>, lookup: AsyncLookup): KeyReads {
  const find = lookup.prepare('keywright_verify', queryByHashes(kysely));
  return {
    async find(hashes) {
      const rows = await find(hashes);
      return rows.map((row) => ({
        place: row.place,
        organizationId: row.organization_id,
        keyId: row.key_id,
        sequence: row.sequence,
        key: () => verifiableKey(row),
      }));
    },
    findForms: lookup.prepare('keywright_imported_forms', queryForms(kysely)),
  };
}
