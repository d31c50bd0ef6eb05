import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseLockedError, DatabaseOutageError } from './outages.ts';

/** Minimum time between two checks, milliseconds: anyone may request readiness. */
const EVERY_MS = 250;

/** A check that takes longer is waiting for a lock or its turn, which is not a failure, milliseconds. */
const PATIENCE_MS = 1_000;

/**
 * A check whether changes can be saved, which runs once at a time for all callers. It rejects with DatabaseOutageError if
 * `write` does, unless the database is only locked.
 */
export function writeCheck(write: () => Promise<unknown>): () => Promise<void> {
  let underWay: Promise<void> | null = null;
  let endedAt = Number.NEGATIVE_INFINITY;
  const check = async (): Promise<void> => {
    await pause(Math.max(0, endedAt + EVERY_MS - performance.now()));
    try {
      await write();
    } catch (error) {
      if (error instanceof DatabaseOutageError && !(error instanceof DatabaseLockedError)) throw error;
    } finally {
      endedAt = performance.now();
    }
  };
  return () => {
    underWay ??= check().finally(() => {
      underWay = null;
    });
    return Promise.race([underWay, pause(PATIENCE_MS, undefined, { ref: false })]);
  };
}
