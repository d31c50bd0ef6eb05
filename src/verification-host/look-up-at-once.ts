import type { Kysely } from 'kysely';
import { DatabaseLockedError, deadlineIn, retryWhileLocked, type SyncLookup } from '../../db/open.ts';
import type { Tables } from '../../db/tables/tables.ts';
import { type LookAge, SyncChangeLog } from '../changes/sync-change-log.ts';
import type { EventBus } from '../cluster/bus.ts';
import { staleBy } from '../cluster/stale.ts';
import type { ImportedForms } from '../keys/import/imported-forms.ts';
import { KnownForms } from '../verification/known-forms.ts';
import type { KeyLookup, UseKey, VerifiableKey } from '../verification/services.ts';
import { type CachedOrganization, type CacheEntry, VerifyCache } from '../verification/verify-cache.ts';
import { queryByHash, queryKeyByHash } from './find-by-hash.ts';
import { queryForms } from './query-forms.ts';
import { keyWithRole, NO_ROLE, verifiableKey } from './verifiable-row.ts';

/**
 * Maximum age of the last check for changes by other processes, and how long the cache is used if even that check
 * fails: for a process that announces changes to its own cache.
 */
export const LOOK_AGE: LookAge = { maxAgeMs: 1, outageMs: 3_000 };

/**
 * Checks before every decision, once for all that are made in a turn of the event loop, and doesn't use the cache if the
 * check fails. A change is in the file before its response is sent, so a process that checks like this can't decide by the
 * state before an answered change, even if it isn't notified.
 */
export const LOOK_EVERY_TIME: LookAge = { maxAgeMs: 0, outageMs: 0 };

/** Maximum number of roles of one organization that are cached. */
const ROLES_MAX = 1_000;

/** How long a look-up waits while another process repairs the file after a crash, milliseconds. */
const REPAIR_MS = 1_000;

/**
 * Looks up keys in an embedded database without waiting, unless another process repairs it. This process announces its
 * changes before their responses. Changes by others appear in the database's version, which is checked before each use.
 * Caches at most `keys`.
 */
export function lookUpAtOnce(
  { kysely, lookup, bus }: { kysely: Kysely<Tables>; lookup: SyncLookup; bus: EventBus },
  keys: number,
  lookAge: LookAge,
): KeyLookup {
  const cache = new VerifyCache(keys);
  const forms = new KnownForms();
  const stop = bus.onInvalidate((stale) => {
    cache.apply(stale);
    forms.apply(stale);
  });
  const formRows = lookup.prepare(queryForms(kysely));
  const keyByHash = lookup.prepare(queryKeyByHash(kysely));
  const byHash = lookup.prepare(queryByHash(kysely));
  const log = new SyncChangeLog(kysely, lookup);

  const counts = { hits: 0, misses: 0 };

  /** Catches up with the changes of an organization whose cache was current before the last commit. */
  const confirm = (organization: CachedOrganization, changedAt: number, now: number): void => {
    if (organization.confirmedAt >= changedAt) return;
    const last = log.position(organization.id);
    if (last !== organization.applied) {
      const changes = log.read(organization.id, organization.applied, last);
      if (changes) for (const stale of staleBy(changes)) cache.apply(stale);
      else cache.forget(organization, last);
    }
    organization.confirmedAt = now;
  };

  const read = (hash: string, changedAt: number, now: number): Found => {
    const row = keyByHash.first(hash);
    if (!row) return UNKNOWN;
    const organization = cache.organization(row.organization_id);
    if (!organization) return readWhole(hash, now);
    const { applied } = organization;
    confirm(organization, changedAt, now);
    const role = row.role_id === null ? NO_ROLE : organization.roles.get(row.role_id);
    // After catching up, the organization may include changes that are newer than the row.
    if (!role || organization.applied !== applied) return readWhole(hash, now);
    return foundIn(cache.put(hash, keyWithRole(row, role), applied, now));
  };

  const readWhole = (hash: string, now: number): Found => {
    const row = byHash.first(hash);
    if (!row) return UNKNOWN;
    const entry = cache.put(hash, verifiableKey(row), row.sequence, now);
    const { organization } = entry;
    // The role is as of this row, so no change may have been missed in between.
    if (row.role_id !== null && row.sequence === organization.applied) {
      if (organization.roles.size >= ROLES_MAX) organization.roles.clear();
      organization.roles.set(row.role_id, {
        role_name: row.role_name,
        role_permissions: row.role_permissions,
      });
    }
    return { key: entry.key, sequence: row.sequence };
  };

  /** When any process last committed. Null: this can't be determined, so nothing cached may be used. */
  const look = (now: number): number | null => {
    try {
      return log.changedAt(now, lookAge);
    } catch (error) {
      if (error instanceof DatabaseLockedError) throw error;
      return null;
    }
  };

  const readUncached = (hash: string): Found => {
    counts.misses += 1;
    const row = byHash.first(hash);
    return row ? { key: verifiableKey(row), sequence: row.sequence } : UNKNOWN;
  };

  const together = new Together(look);

  const find = (hash: string): Found => {
    const { now, changedAt } = together.look();
    if (changedAt === null) return readUncached(hash);
    let known = cache.get(hash);
    if (known && known.organization.confirmedAt < changedAt) {
      confirm(known.organization, changedAt, now);
      // Catching up may have touched it.
      known = cache.get(hash);
    }
    if (known) {
      counts.hits += 1;
      return foundIn(known);
    }
    counts.misses += 1;
    return read(hash, changedAt, now);
  };

  const findForms = (): ImportedForms => {
    const { now, changedAt } = together.look();
    // Another process may have imported keys with any commit.
    return (changedAt !== null && forms.since(changedAt)) || forms.startRead(now)(formRows.all());
  };

  return {
    withKey<T>(hash: string, use: UseKey<T>) {
      const useFound = ({ key, sequence }: Found) => use(key, sequence);
      const now = () => whenUnlocked(() => find(hash), useFound);
      return lookAge.maxAgeMs > 0 ? now() : together.call(now);
    },
    importedForms: () => whenUnlocked(findForms, (found) => found),
    get size() {
      return cache.size;
    },
    counts,
    stop,
  };
}

/** A check for changes: when it was made, and when any process had last committed (null: this can't be determined). */
interface Look {
  readonly now: number;
  readonly changedAt: number | null;
}

/**
 * Makes the calls of one turn of the event loop together, after one check, which costs as much as the rest of a
 * decision. All of the calls arrived before the check, so each includes every change that was answered before it.
 */
class Together {
  readonly #changedAt: (now: number) => number | null;
  #calls: (() => void)[] = [];
  /** The check of all calls; null outside of them. */
  #look: Look | null = null;

  constructor(changedAt: (now: number) => number | null) {
    this.#changedAt = changedAt;
  }

  /**
   * The check that the calls share, or outside of them, a new one. All data that a call reads is cached as of the time of
   * the check, so the next check finds every later commit. No second check may come in between.
   */
  look(): Look {
    return this.#look ?? this.#lookNow();
  }

  /** Resolves with what this call returns at the end of the turn. */
  call<T>(call: () => T): Promise<Awaited<T>> {
    return new Promise<Awaited<T>>((resolve, reject) => {
      const callNow = (): void => {
        try {
          resolve(call() as Awaited<T>);
        } catch (error) {
          reject(error);
        }
      };
      if (this.#calls.push(callNow) === 1) setImmediate(() => this.#callAll());
    });
  }

  #lookNow(): Look {
    const now = performance.now();
    return { now, changedAt: this.#changedAt(now) };
  }

  #callAll(): void {
    const calls = this.#calls;
    this.#calls = [];
    try {
      this.#look = this.#lookNow();
    } catch {
      // Locked: each call waits for itself.
    }
    for (const call of calls) call();
    this.#look = null;
  }
}

/** A key that was looked up, and the sequence up to which it includes all changes of its organization. */
interface Found {
  readonly key: VerifiableKey | null;
  readonly sequence: number;
}

const UNKNOWN: Found = { key: null, sequence: 0 };

function foundIn({ key, organization }: CacheEntry): Found {
  return { key, sequence: organization.applied };
}

/** Uses what is read, immediately unless another process repairs the file. */
function whenUnlocked<R, T>(read: () => R, use: (found: R) => T): T | Promise<Awaited<T>> {
  let found: R;
  try {
    found = read();
  } catch (error) {
    if (!(error instanceof DatabaseLockedError)) throw error;
    return retryWhileLocked(() => use(read()), deadlineIn(REPAIR_MS));
  }
  return use(found);
}
