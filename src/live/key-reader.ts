import type { Database } from '../../db/open.ts';
import type { Context } from '../context.ts';
import { type ApiKey, selectApiKeys, toApiKey } from '../keys/api-key.ts';

/** Gives a key as it is at this very moment; null where there is none. */
export type KeyReader = (id: string) => ApiKey | null;

/**
 * How keys are read at once: where the database is embedded, a read takes microseconds, so that nothing has to be
 * remembered that could be out of date. Null where it is a server.
 */
export function keyReader(
  { kysely, lookup }: Pick<Database, 'kysely' | 'lookup'>,
  usage: Context['usage'],
): KeyReader | null {
  if (lookup.mode !== 'sync') return null;
  const read = lookup.prepare(selectApiKeys(kysely).where('api_keys.id', '=', '').compile());
  return (id) => {
    const row = read.first(id);
    return row ? toApiKey(row, usage) : null;
  };
}
