import type { EventBus } from '../cluster/bus.ts';
import { OneAtATime } from '../core/one-at-a-time.ts';
import type { ImportedForms } from '../keys/import/imported-forms.ts';
import { type FormRow, KnownForms } from './known-forms.ts';
import type { KeyLookup, UseKey, VerifiableKey } from './services.ts';
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

/** A key that was found by the hash of a secret. */
export interface FoundKey {
  /** Position of the hash in the request, from 1. */
  readonly place: number;
  readonly organizationId: string;
  readonly keyId: string;
  /** Sequence of the organization's last change at the time of the read. */
  readonly sequence: number;
  /** The key. Throws if its data is not valid. */
  key(): VerifiableKey;
}

/** Where keys are read. Each read returns a state that includes every change that was answered before the call. */
export interface KeyReads {
  /** Finds the keys of at most 500 hashes, in any order, without those that are unknown. */
  find(hashes: readonly string[]): Promise<readonly FoundKey[]>;
  /** Reads the forms of imported secrets. */
  findForms(): Promise<readonly FormRow[]>;
}

interface Waiting {
  /** Decides; never throws. */
  readonly use: UseKey<void>;
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
 * Looks up keys that are read asynchronously. Look-ups in one turn of the event loop share a read, with at most
 * `readsMax` at a time. Cached keys are used while the bus receives all changes. Caches at most `keys`.
 */
export function lookUpInBatches(
  reads: KeyReads,
  bus: Pick<EventBus, 'onInvalidate' | 'isCurrent' | 'spansNodes'>,
  keys: number,
  readsMax = READS_MAX,
): KeyLookup {
  const cache = new VerifyCache(keys);
  const forms = new KnownForms();
  const stop = bus.onInvalidate((stale) => {
    cache.apply(stale);
    forms.apply(stale);
  });
  let formsRead: ImportedForms = new Set();
  const formReads = new OneAtATime(async () => {
    formsRead = forms.startRead(performance.now())(await reads.findForms());
  });
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
    while (queue.size > 0 && underWay < readsMax) {
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
      const found = await reads.find([...batch.keys()]);
      settle(batch, new Map(found.map((one) => [one.place, one])), heard, sentAt);
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
    found: ReadonlyMap<number, FoundKey>,
    heard: ReadUnderWay,
    sentAt: SentAt,
  ): void => {
    const late = !bus.isCurrent() && isLate(sentAt);
    let place = 0;
    for (const [hash, waiting] of batch) {
      place += 1;
      const one = found.get(place);
      // The read may be older than a change that has been acknowledged since, so its result can't be used.
      if (one && late) readAgain(hash, waiting);
      else if (one && isOvertaken(one, heard)) readAfterChange(hash, waiting, one);
      else settleOne(hash, waiting, one, sentAt);
    }
  };

  const readAgain = (hash: string, waiting: readonly Waiting[]): void => {
    for (const one of waiting) {
      one.readsAgain += 1;
      if (one.readsAgain <= READS_AGAIN_MAX) enqueue(hash, [one]);
      else one.fail(new Error('The database took too long to respond'));
    }
  };

  const readAfterChange = (hash: string, waiting: readonly Waiting[], found: FoundKey): void => {
    const again: Waiting[] = [];
    const enough: Waiting[] = [];
    for (const one of waiting) {
      one.overtaken += 1;
      (one.overtaken <= OVERTAKEN_MAX ? again : enough).push(one);
    }
    if (again.length > 0) enqueue(hash, again);
    if (enough.length > 0) decide(enough, () => found.key(), found.sequence);
  };

  const settleOne = (
    hash: string,
    waiting: readonly Waiting[],
    found: FoundKey | undefined,
    sentAt: SentAt,
  ): void => {
    if (!found) return decide(waiting, () => null, 0);
    const { sequence } = found;
    decide(waiting, () => cache.put(hash, found.key(), sequence, sentAt.monotonic).key, sequence);
  };

  return {
    withKey<T>(hash: string, use: UseKey<T>): T | Promise<Awaited<T>> {
      const known = cache.get(hash);
      if (known && isSure(known)) {
        counts.hits += 1;
        return use(known.key, known.organization.applied);
      }
      counts.misses += 1;
      return new Promise<Awaited<T>>((resolve, fail) => {
        const useIt: UseKey<void> = (key, sequence) => {
          try {
            resolve(use(key, sequence) as Awaited<T>);
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
    get size() {
      return cache.size;
    },
    counts,
    stop,
  };
}

function decide(waiting: readonly Waiting[], find: () => VerifiableKey | null, sequence: number): void {
  try {
    const key = find();
    for (const { use } of waiting) use(key, sequence);
  } catch (error) {
    for (const { fail } of waiting) fail(error);
  }
}

function isLate({ monotonic, wall }: SentAt): boolean {
  return Math.max(performance.now() - monotonic, Date.now() - wall) > READ_AGE_MAX_MS;
}

function isOvertaken({ organizationId, keyId, sequence }: FoundKey, { all, changes }: ReadUnderWay): boolean {
  return all || [organizationId, keyId].some((id) => sequence < (changes.get(id) ?? 0));
}
