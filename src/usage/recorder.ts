import type { BackgroundWriter } from '../../db/open.ts';
import type { Services, UsageSink } from '../context.ts';
import { ClockSteps } from '../core/clock.ts';
import {
  emptyBatch,
  isEmpty,
  type KeyActivity,
  lastUseOf,
  limitLastUses,
  mergeBatches,
  noteDenial,
  noteUse,
  secretOf,
} from './batch.ts';
import { journalStore } from './journal-store.ts';
import { limitTimes } from './limit-times.ts';
import { pruneBuckets } from './prune.ts';
import { NotSavedError, type UsageStore } from './store.ts';
import { tableStore } from './table-store.ts';

/** A usage sink that writes to the database; whoever starts it stops it. */
export interface UsageRecorder extends UsageSink {
  /** Writes what an earlier process left to be written, and saves what is gathered at every interval from then on. */
  start(): Promise<void>;
  /** Ends that, and writes what is left. */
  stop(): Promise<void>;
  /** How long the oldest use or denial has waited to be safe from a crash, milliseconds; and how many writes have failed. */
  status(): { readonly waitingMs: number; readonly failures: number };
}

const PRUNE_EVERY_MS = 3_600_000;

/**
 * Gathers uses and denials in memory and saves them every `flushMs` milliseconds. A batch that can't be saved is kept,
 * and saved with the next; noting one never waits and never fails.
 */
export function createUsageRecorder(
  {
    db,
    unhurried,
    bus,
    clock,
    log,
    background = null,
  }: Pick<Services, 'db' | 'unhurried' | 'bus' | 'clock' | 'log'> & {
    readonly background?: BackgroundWriter | null;
  },
  flushMs: number,
): UsageRecorder {
  const journal = background && journalStore(db, background);
  const store: UsageStore = journal ?? tableStore(db);
  let gathering = emptyBatch();
  let saving: Promise<boolean> | null = null;
  let writing: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  let started: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  // By the monotonic clock.
  let pruneAt = Number.NEGATIVE_INFINITY;
  // When the first of what is gathered came, and of what is being saved.
  let since: number | null = null;
  let savingSince: number | null = null;
  let failures = 0;
  const steps = new ClockSteps(clock);
  /** Whether what is stored may be in the future, of a time when the clock was ahead. */
  let wasAhead = false;
  let stopped = false;
  let pruning: Promise<void> = Promise.resolve();

  const fail = (error: unknown): void => {
    failures += 1;
    log.warn('Usage could not be written; it is kept for the next try', { error });
  };

  /** Gives whether all is safe that was gathered by now; what is not is gathered again. Never rejects. */
  const handOver = async (): Promise<boolean> => {
    const batch = gathering;
    gathering = emptyBatch();
    savingSince = since;
    since = null;
    if (batch.dropped > 0)
      log.warn('Usage was not counted: too much was waiting to be written', { count: batch.dropped });
    batch.dropped = 0;
    try {
      await store.save(batch);
      return true;
    } catch (error) {
      if (error instanceof NotSavedError) {
        gathering = mergeBatches([error.rest, gathering]);
        since = savingSince ?? since;
      }
      fail(error instanceof NotSavedError ? error.cause : error);
      return false;
    } finally {
      savingSince = null;
    }
  };

  const save = (): Promise<boolean> => {
    if (!saving && isEmpty(gathering) && !store.hasUnwritten) return Promise.resolve(true);
    saving ??= handOver().finally(() => {
      saving = null;
    });
    return saving;
  };

  const write = async (): Promise<void> => {
    // What is being saved may have been taken before the last use came.
    if (saving) await saving;
    const isSaved = await save();
    await store.settle().catch(fail);
    if (!isSaved && store.settlesLater) {
      // There may have been no room before.
      await save();
      await store.settle().catch(fail);
    }
    if (wasAhead) await limitStored();
  };

  const limitStored = async (): Promise<void> => {
    wasAhead = false;
    try {
      await limitTimes(unhurried, clock.now());
    } catch (error) {
      wasAhead = true;
      fail(error);
    }
  };

  const lookAtClock = (): void => {
    if (!steps.wentBack()) return;
    wasAhead = true;
    const now = clock.now();
    limitLastUses([gathering], now);
    store.limitLastUses(now);
  };

  const hasNothing = (): boolean => isEmpty(gathering) && !saving && !store.hasUnwritten && !wasAhead;

  const flush = (): Promise<void> => {
    lookAtClock();
    if (writing) {
      // What is being written now may have begun before the caller's use was noted.
      next ??= writing.then(() => {
        next = null;
        return flush();
      });
      return next;
    }
    if (hasNothing()) return Promise.resolve();
    writing = write().finally(() => {
      writing = null;
    });
    return writing;
  };

  const saveOrSettle = async (): Promise<void> => {
    if (!writing && (store.isDue || wasAhead)) return flush();
    await save();
  };

  const tick = (): void => {
    lookAtClock();
    // As long as the next write would have left it: it may be large, and there may be no next.
    if (!writing && hasNothing()) store.rest();
    void saveOrSettle().then(() => {
      pruning = pruning.then(prune);
    });
  };

  const prune = async (): Promise<void> => {
    if (stopped || clock.monotonic() < pruneAt) return;
    pruneAt = clock.monotonic() + PRUNE_EVERY_MS;
    try {
      // What another process on the same file left since.
      await journal?.adopt('lingering');
      await pruneBuckets(unhurried, clock.now(), () => stopped);
    } catch (error) {
      log.warn('Old usage could not be looked after; it is tried again in an hour', { error });
    }
  };

  const writeLeft = async (): Promise<void> => {
    try {
      while (await journal?.adopt('all')) await store.settle();
    } catch (error) {
      fail(error);
    }
    // The clock may have been set back while no server was running.
    await limitStored();
  };

  return {
    accepted(use) {
      since ??= performance.now();
      noteUse(gathering, use);
      // Not spread: every verification passes here.
      const { organizationId, keyId, secretId, at, ip } = use;
      bus.emit({ type: 'use', organizationId, keyId, secretId, at, ip });
    },
    denied(denial) {
      if (denial.keyId !== null) since ??= performance.now();
      noteDenial(gathering, denial);
      const { organizationId, keyId, code, at, ip } = denial;
      bus.emit({ type: 'denial', organizationId, keyId, code, at, ip });
    },
    pendingKey(keyId) {
      return lastUseOf([gathering.keys.get(keyId), ...store.unwritten(keyId), store.handedOver(keyId)]);
    },
    pendingSecret(keyId, secretId, lastUsedAt) {
      const usesIn = (key: KeyActivity | undefined) => key && secretOf(key, secretId);
      const pending = [gathering.keys.get(keyId), ...store.unwritten(keyId)].map(usesIn);
      const written = usesIn(store.handedOver(keyId));
      // A row of a moment after the commit holds it already.
      if (written && written.at > lastUsedAt) pending.push(written);
      const uses = pending.filter((one) => one !== undefined);
      if (uses.length === 0) return undefined;
      return {
        at: Math.max(...uses.map(({ at }) => at)),
        uses: uses.reduce((sum, one) => sum + one.uses, 0),
      };
    },
    flush,
    status() {
      const oldest = savingSince ?? since;
      return { waitingMs: oldest === null ? 0 : performance.now() - oldest, failures };
    },
    start() {
      started ??= writeLeft().then(() => {
        timer = setInterval(tick, flushMs).unref();
      });
      return started;
    },
    async stop() {
      stopped = true;
      await started;
      if (timer) clearInterval(timer);
      timer = null;
      await pruning;
      await flush();
      const lost = gathering.minutes;
      if (lost > 0) log.error('Usage could not be written before the end, and is lost', { count: lost });
    },
  };
}
