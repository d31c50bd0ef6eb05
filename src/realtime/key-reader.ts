import { LRUCache } from 'lru-cache';
import { type Database, DatabaseLockedError, type SyncLookup } from '../../db/open.ts';
import { ALL_KEYS } from '../access/key-scope.ts';
import { positionOf } from '../changes/read-changes.ts';
import { SyncChangeLog } from '../changes/sync-change-log.ts';
import { type ApiKey, selectApiKeys, toApiKey } from '../keys/api-key.ts';
import type { KeysContext } from '../keys/pending-usage.ts';

/**
 * Returns the current key, except that its last use may be outdated. Null: no such key, or it can't be read
 * synchronously.
 */
export type KeyReader = (id: string) => ApiKey | null;

/**
 * Maximum delay until a change by another process is seen, milliseconds. Changes by this process are announced
 * immediately.
 */
const LOOK_EVERY_MS = 0.25;

/** Cache limits: keys, and characters of their source data. */
const KEYS_MAX = 10_000;
const CHARACTERS_MAX = 20_000_000;

/**
 * Reads keys synchronously. Null if the database is a server. An embedded database reports immediately whether any
 * process has committed. If so, the organization's last change is read, and the key again if that change is new.
 */
export function keyReader(
  { kysely, lookup }: Pick<Database, 'kysely' | 'lookup'>,
  services: Pick<KeysContext, 'bus' | 'usage'>,
): KeyReader | null {
  return lookup.mode === 'sync' ? rememberingReader(kysely, lookup, services) : null;
}

function rememberingReader(
  kysely: Database['kysely'],
  lookup: SyncLookup,
  { bus, usage }: Pick<KeysContext, 'bus' | 'usage'>,
): KeyReader {
  const row = lookup.prepare(
    selectApiKeys(kysely, ALL_KEYS)
      // In the same statement, so that the two are consistent.
      .select(positionOf('api_keys.organization_id').as('position'))
      .where('api_keys.id', '=', '')
      .compile(),
  );
  const log = new SyncChangeLog(kysely, lookup);
  const keys = new LRUCache<string, { readonly key: ApiKey; readonly position: number }>({
    max: KEYS_MAX,
    maxSize: CHARACTERS_MAX,
    sizeCalculation: ({ key }) => 500 + JSON.stringify([key.metadata, key.grants, key.ipAllowlist]).length,
  });
  const positions = new LRUCache<string, { readonly position: number; readonly version: number }>({
    max: KEYS_MAX,
  });

  let isAnnounced = false;
  let changedAt = 0;
  /** Incremented with every change that may affect a position. */
  let version = 0;
  bus.onInvalidate(() => {
    isAnnounced = true;
  });

  const look = (): void => {
    const maxAgeMs = isAnnounced ? 0 : LOOK_EVERY_MS;
    const at = log.changedAt(performance.now(), { maxAgeMs, outageMs: 0 });
    if (isAnnounced || at !== changedAt) version += 1;
    isAnnounced = false;
    changedAt = at;
  };

  const currentPosition = (organizationId: string): number => {
    const known = positions.get(organizationId);
    if (known?.version === version) return known.position;
    const position = log.position(organizationId);
    positions.set(organizationId, { position, version });
    return position;
  };

  const read = (id: string): ApiKey | null => {
    look();
    const known = keys.get(id);
    if (known && known.position === currentPosition(known.key.organizationId)) return known.key;
    const found = row.first(id);
    if (!found) return null;
    const key = toApiKey(found, usage);
    keys.set(id, { key, position: found.position });
    return key;
  };

  return (id) => {
    try {
      return read(id);
    } catch (error) {
      if (error instanceof DatabaseLockedError) return null;
      throw error;
    }
  };
}
