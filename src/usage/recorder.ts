import { randomUUID } from 'node:crypto';
import type { Services } from '../context.ts';
import { ClockSteps } from '../core/clock.ts';
import { OneAtATime } from '../core/one-at-a-time.ts';
import type { UsageSink } from '../verification/services.ts';
import { JOURNAL_LIMITS } from './journal-limits.ts';
import { limitTimes } from './limit-times.ts';
import { pruneBuckets } from './prune.ts';
import { usageStore } from './store.ts';
import { UsageBuffer } from './usage-buffer.ts';
import { pruneMarks } from './writer-marks.ts';

/** A usage sink that writes to the database. The caller that starts it stops it. */
export interface UsageRecorder extends UsageSink {
  /** Writes what an earlier process left in the journal, then appends recorded usage at every interval. */
  start(): Promise<void>;
  /** Another writer has appended to the journal: its usage is in the tables within about a second, or the next flush. */
  noteForeign(): void;
  /** Stops and writes the rest. */
  stop(): Promise<void>;
  /**
   * How long the oldest use or denial has been waiting to become durable, milliseconds, and how many writes have
   * failed.
   */
  status(): { readonly waitingMs: number; readonly failures: number };
}

const PRUNE_EVERY_MS = 3_600_000;

/** How long the usage of other writers may stay in the journal, milliseconds. */
const FOREIGN_MS = 1_000;

/**
 * Collects uses and denials in memory and makes them durable every `flushMs` milliseconds. A failed batch is retried.
 * Recording a use never waits and never fails.
 */
export function createUsageRecorder(
  { unhurried, bus, clock, log }: Pick<Services, 'unhurried' | 'bus' | 'clock' | 'log'>,
  flushMs: number,
  limits = JOURNAL_LIMITS,
): UsageRecorder {
  const buffer = new UsageBuffer(usageStore(unhurried, randomUUID()), limits);
  const steps = new ClockSteps(clock);
  /** Whether stored usage may be in the future, from when the clock was ahead. */
  let wasAhead = false;
  /** When another writer appended what is still in the journal, by `performance.now()`. */
  let foreignSince: number | null = null;
  let failures = 0;
  let started: Promise<void> | null = null;
  let stopped = false;
  let timer: NodeJS.Timeout | null = null;
  // By the monotonic clock.
  let pruneAt = Number.NEGATIVE_INFINITY;
  let pruning: Promise<void> = Promise.resolve();

  /** Never rejects. */
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      failures += 1;
      log.warn('Usage could not be written and will be retried', { error });
    }
  };

  const appends = new OneAtATime(async () => {
    const count = buffer.takeDropped();
    if (count > 0) log.warn('Usage was dropped: too much was waiting to be written', { count });
    await attempt(() => buffer.append());
  });

  const checkpoints = new OneAtATime(() =>
    attempt(async () => {
      const since = foreignSince;
      foreignSince = null;
      await buffer.checkpoint().catch((error: unknown) => {
        foreignSince ??= since;
        throw error;
      });
    }),
  );

  const limitStored = (): Promise<void> =>
    attempt(async () => {
      wasAhead = false;
      await limitTimes(unhurried, clock.now()).catch((error: unknown) => {
        wasAhead = true;
        throw error;
      });
    });

  const flushes = new OneAtATime(async () => {
    for (let isHeldUp = true; isHeldUp; ) {
      await appends.run();
      isHeldUp = buffer.isHeldUp;
      await checkpoints.run();
      // The checkpoint failed.
      if (buffer.isFull) break;
    }
    if (wasAhead) await limitStored();
  });

  const lookAtClock = (): void => {
    if (!steps.wentBack()) return;
    wasAhead = true;
    buffer.limitLastUses(clock.now());
  };

  const flush = async (): Promise<void> => {
    lookAtClock();
    if (buffer.hasUnwritten || wasAhead || foreignSince !== null) await flushes.run();
  };

  const tick = async (): Promise<void> => {
    lookAtClock();
    buffer.rest();
    const isForeignDue = foreignSince !== null && performance.now() - foreignSince >= FOREIGN_MS;
    const isDue = buffer.isDue || wasAhead || isForeignDue;
    await (!flushes.isRunning && isDue ? flushes : appends).run();
    pruning = pruning.then(prune);
  };

  const prune = async (): Promise<void> => {
    if (stopped || clock.monotonic() < pruneAt) return;
    const isFirst = pruneAt === Number.NEGATIVE_INFINITY;
    pruneAt = clock.monotonic() + PRUNE_EVERY_MS;
    try {
      // Left by another process on the same file since the start.
      if (!isFirst) await checkpoints.run();
      await pruneBuckets(unhurried, clock.now(), () => stopped);
      await pruneMarks(unhurried);
    } catch (error) {
      log.warn('Old usage could not be removed and will be retried in an hour', { error });
    }
  };

  return {
    accepted(use) {
      buffer.accepted(use);
      // Not spread: on the path of every verification.
      const { organizationId, keyId, secretId, at, ip } = use;
      bus.emit({ type: 'use', organizationId, keyId, secretId, at, ip });
    },
    denied(denial) {
      buffer.denied(denial);
      const { organizationId, keyId, code, at, ip } = denial;
      bus.emit({ type: 'denial', organizationId, keyId, code, at, ip });
    },
    pendingKey: (keyId) => buffer.pendingKey(keyId),
    pendingSecret: (keyId, secretId, lastUsedAt) => buffer.pendingSecret(keyId, secretId, lastUsedAt),
    flush,
    noteForeign() {
      foreignSince ??= performance.now();
    },
    status: () => ({ waitingMs: buffer.waitingMs, failures }),
    start() {
      started ??= (async () => {
        await checkpoints.run();
        // The clock may have been set back while no server was running.
        await limitStored();
        timer = setInterval(() => void tick(), flushMs).unref();
      })();
      return started;
    },
    async stop() {
      stopped = true;
      await started;
      if (timer) clearInterval(timer);
      timer = null;
      await pruning;
      await flush();
      const count = buffer.unsafeMinutes;
      if (count > 0) log.error('Usage could not be written at shutdown and is lost', { count });
    },
  };
}
