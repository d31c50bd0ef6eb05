import type { Kysely } from 'kysely';
import type { AsyncLookup } from '../../db/open.ts';
import type { Tables } from '../../db/tables/tables.ts';
import type { EventBus } from '../cluster/bus.ts';
import { OneAtATime } from '../core/one-at-a-time.ts';
import type { ImportedForms } from '../keys/import/imported-forms.ts';
import { queryByHashes } from './find-by-hash.ts';
import { KnownForms, queryForms } from './known-forms.ts';
import type { KeyLookup, VerifiableKey } from './services.ts';
import { type VerifiableRow, verifiableKey } from './verifiable-row.ts';
import { type CacheEntry, type ReadUnderWay, VerifyCache } from './verify-cache.ts';

/** Maximum number of hashes per read, and of concurrent reads. Look-ups in the meantime go into the next read. */
const BATCH_MAX = 500;
const READS_MAX = 4;

/** Without a bus between the nodes: how long a key is cached, and changes by others go unnoticed. */
const LEASE_MS = 1_000;

/** While the bus may have missed changes: maximum age of a read that decides, and maximum number of repeated reads. */
const READ_AGE_MAX_MS = 1_000;
const READS_AGAIN_MAX = 3;

/**
 * Maximum number of times that a read is repeated because a change overtook it: forged changes could overtake every
 * read. The request arrived before the last of these changes, so the state before it is a valid answer.
 */
const OVERTAKEN_MAX = 5;

interface Waiting {
  /** Decides; never throws. */
  readonly use: (key: VerifiableKey | null) => void;
  readonly fail: (error: unknown) => void;
  readsAgain: number;
  overtaken: number;
}

/** When a read was sent, by a clock that never jumps, and by one that advances while the machine is suspended. */
interface SentAt {
  readonly monotonic: number;
  readonly wall: number;
}

type Batch = ReadonlyMap<string, readonly Waiting[]>;

/**
 * Looks up keys on a database server. Lookups in one turn of the event loop share a query. Cached keys are used while
 * the bus receives all changes. Caches at most `keys`.
 */
export function lookUpInBatches(
  { kysely, lookup, bus }: { kysely: Kysely<Tables>; lookup: AsyncLookup; bus: EventBus },
  keys: number,
): KeyLookup {
  const cache = new VerifyCache(keys);
  const forms = new KnownForms();
  const stop = bus.onInvalidate((stale) => {
    cache.apply(stale);
    forms.apply(stale);
  });
  const findForms = lookup.prepare('keywright_imported_forms', queryForms(kysely));
  let formsRead: ImportedForms = new Set();
  const formReads = new OneAtATime(async () => {
    formsRead = forms.startRead(performance.now())(await findForms());
  });
  const find = lookup.prepare('keywright_verify', queryByHashes(kysely));
  let queue = new Map<string, Waiting[]>();
  let scheduled = false;
  let underWay = 0;
  const counts = { hits: 0, misses: 0 };

  const isSure = ({ readAt }: CacheEntry): boolean =>
    bus.isCurrent() && (bus.spansNodes || performance.now() - readAt <= LEASE_MS);

  const enqueue = (hash: string, waiting: readonly Waiting[]): void => {
    const known = queue.get(hash);
    if (known) known.push(...waiting);
    else queue.set(hash, [...waiting]);
    if (scheduled) return;
    scheduled = true;
    setImmediate(send);
  };

  const send = (): void => {
    scheduled = false;
    while (queue.size > 0 && underWay < READS_MAX) {
      const all = queue.size > BATCH_MAX ? [...queue] : null;
      void read(all ? new Map(all.slice(0, BATCH_MAX)) : queue);
      queue = new Map(all?.slice(BATCH_MAX));
    }
  };

  const read = async (batch: Batch): Promise<void> => {
    const sentAt = { monotonic: performance.now(), wall: Date.now() };
    const heard = cache.startRead();
    underWay += 1;
    try {
      const rows = await find([...batch.keys()]);
      settle(batch, new Map(rows.map((row) => [row.place, row])), heard, sentAt);
    } catch (error) {
      for (const waiting of batch.values()) for (const { fail } of waiting) fail(error);
    } finally {
      cache.endRead(heard);
      underWay -= 1;
      send();
    }
  };

  const settle = (
    batch: Batch,
    rows: ReadonlyMap<number, VerifiableRow>,
    heard: ReadUnderWay,
    sentAt: SentAt,
  ): void => {
    const late = !bus.isCurrent() && isLate(sentAt);
    let place = 0;
    for (const [hash, waiting] of batch) {
      place += 1;
      const row = rows.get(place);
      // The read may be older than a change that has been acknowledged since, so its result can't be used.
      if (row && late) readAgain(hash, waiting);
      else if (row && isOvertaken(row, heard)) readAfterChange(hash, waiting, row);
      else settleOne(hash, waiting, row, sentAt);
    }
  };

  const readAgain = (hash: string, waiting: readonly Waiting[]): void => {
    for (const one of waiting) {
      one.readsAgain += 1;
      if (one.readsAgain <= READS_AGAIN_MAX) enqueue(hash, [one]);
      else one.fail(new Error('The database took too long to respond'));
    }
  };

  const readAfterChange = (hash: string, waiting: readonly Waiting[], row: VerifiableRow): void => {
    const again: Waiting[] = [];
    const enough: Waiting[] = [];
    for (const one of waiting) {
      one.overtaken += 1;
      (one.overtaken <= OVERTAKEN_MAX ? again : enough).push(one);
    }
    if (again.length > 0) enqueue(hash, again);
    if (enough.length > 0) decide(enough, () => verifiableKey(row));
  };

  const settleOne = (
    hash: string,
    waiting: readonly Waiting[],
    row: VerifiableRow | undefined,
    sentAt: SentAt,
  ): void => {
    decide(waiting, () =>
      row ? cache.put(hash, verifiableKey(row), row.sequence, sentAt.monotonic).key : null,
    );
  };

  return {
    withKey<T>(hash: string, use: (key: VerifiableKey | null) => T): T | Promise<Awaited<T>> {
      const known = cache.get(hash);
      if (known && isSure(known)) {
        counts.hits += 1;
        return use(known.key);
      }
      counts.misses += 1;
      return new Promise<Awaited<T>>((resolve, fail) => {
        const useIt = (key: VerifiableKey | null): void => {
          try {
            resolve(use(key) as Awaited<T>);
          } catch (error) {
            fail(error);
          }
        };
        enqueue(hash, [{ use: useIt, fail, readsAgain: 0, overtaken: 0 }]);
      });
    },
    importedForms() {
      const since = bus.spansNodes ? 0 : performance.now() - LEASE_MS;
      const known = bus.isCurrent() ? forms.since(since) : null;
      return known ?? formReads.run().then(() => formsRead);
    },
    counts,
    stop,
  };
}

function decide(waiting: readonly Waiting[], find: () => VerifiableKey | null): void {
  try {
    const key = find();
    for (const { use } of waiting) use(key);
  } catch (error) {
    for (const { fail } of waiting) fail(error);
  }
}

function isLate({ monotonic, wall }: SentAt): boolean {
  return Math.max(performance.now() - monotonic, Date.now() - wall) > READ_AGE_MAX_MS;
}

function isOvertaken(
  { organization_id: organizationId, key_id: keyId, sequence }: VerifiableRow,
  { all, changes }: ReadUnderWay,
): boolean {
  return all || [organizationId, keyId].some((id) => sequence < (changes.get(id) ?? 0));
}
