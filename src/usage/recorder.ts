import type { BackgroundWriter } from '../../db/open.ts';
import type { Services, UsageSink } from '../context.ts';
import {
  type Batch,
  emptyBatch,
  isEmpty,
  lastUseOf,
  mergeBatches,
  noteDenial,
  noteUse,
  partsOf,
} from './batch.ts';
import { pruneBuckets } from './prune.ts';
import { writeBatch, writeInBackground } from './write-batch.ts';

/** A usage sink that writes to the database; whoever starts it stops it. */
export interface UsageRecorder extends UsageSink {
  /** Writes what is gathered at every interval from now on. */
  start(): void;
  /** Ends that, and writes what is left. */
  stop(): Promise<void>;
  /** How long the oldest use or denial has waited to be written, milliseconds; and how many writes have failed. */
  status(): { readonly waitingMs: number; readonly failures: number };
}

const PRUNE_EVERY_MS = 3_600_000;

/** Keys of one transaction: a change that somebody waits for does not wait for more of them. */
const PART_KEYS = 200;

/**
 * Gathers uses and denials in memory and writes them every `flushMs` milliseconds. A batch that can't be written is
 * kept, and written with the next; noting one never waits and never fails.
 */
export function createUsageRecorder(
  {
    db,
    bus,
    clock,
    log,
    background = null,
  }: Pick<Services, 'db' | 'bus' | 'clock' | 'log'> & { readonly background?: BackgroundWriter | null },
  flushMs: number,
): UsageRecorder {
  let gathering = emptyBatch();
  // Being written, or written last: for a reader that read its row before the commit and looks here after it.
  let handedOver: Batch | null = null;
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let pruneAt = 0;
  // When the first of what is gathered came, and of what is being written.
  let since: number | null = null;
  let writingSince: number | null = null;
  let failures = 0;

  const write = async (): Promise<void> => {
    const batch = gathering;
    gathering = emptyBatch();
    handedOver = batch;
    const parts = partsOf(batch, PART_KEYS);
    writingSince = since;
    since = null;
    try {
      for (let part = parts[0]; part; part = parts[0]) {
        await (background ? writeInBackground(background, part) : writeBatch(db, part));
        parts.shift();
      }
    } catch (error) {
      gathering = mergeBatches([...parts, gathering]);
      handedOver = null;
      since = writingSince;
      failures += 1;
      log.warn('Usage could not be written; it is kept for the next try', { error });
    } finally {
      writingSince = null;
      running = null;
    }
    if (batch.dropped > 0)
      log.warn('Usage was not counted: too much was waiting to be written', { count: batch.dropped });
  };

  const flush = (): Promise<void> => {
    if (running) {
      // What is being written now may have begun before the caller's use was noted.
      next ??= running.then(() => {
        next = null;
        return flush();
      });
      return next;
    }
    if (isEmpty(gathering)) return Promise.resolve();
    running = write();
    return running;
  };

  const tick = (): void => {
    // As long as the next write would have left it: it may be large, and there may be no next.
    if (!running && isEmpty(gathering)) handedOver = null;
    void flush().then(prune);
  };

  const prune = async (): Promise<void> => {
    const now = clock.now();
    if (now < pruneAt) return;
    pruneAt = now + PRUNE_EVERY_MS;
    try {
      await pruneBuckets(db, now);
    } catch (error) {
      log.warn('Old usage could not be removed; it is tried again in an hour', { error });
    }
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
    pendingKey: (keyId) => lastUseOf(handedOver ? [gathering, handedOver] : [gathering], keyId),
    pendingSecret(secretId, lastUsedAt) {
      const newer = gathering.secrets.get(secretId);
      const other = handedOver?.secrets.get(secretId);
      // A row of a moment after the commit holds it already.
      const older = other && other.at > lastUsedAt ? other : undefined;
      if (!newer || !older) return newer ?? older;
      return { at: Math.max(newer.at, older.at), uses: newer.uses + older.uses };
    },
    flush,
    status() {
      const oldest = writingSince ?? since;
      return { waitingMs: oldest === null ? 0 : performance.now() - oldest, failures };
    },
    start() {
      timer ??= setInterval(tick, flushMs).unref();
    },
    async stop() {
      if (timer) clearInterval(timer);
      timer = null;
      await flush();
      const lost = gathering.secrets.size + gathering.minutes;
      if (lost > 0) log.error('Usage could not be written before the end, and is lost', { count: lost });
    },
  };
}
