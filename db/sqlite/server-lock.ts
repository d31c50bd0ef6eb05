import { setTimeout as pause } from 'node:timers/promises';
import { SQLite } from './driver.ts';
import { keepPrivate } from './file.ts';
import { isBusy } from './window-ledger.ts';

/** Interval of attempts, milliseconds. */
const RETRY_MS = 50;

/**
 * Takes a lock on a SQLite database that only one process can hold, in a file of its own next to it. The system
 * releases it when the process ends, however it ends. Resolves with a function that releases it, or with null if
 * another process still holds it after `waitMs` milliseconds.
 */
export async function takeServerLock(path: string, waitMs: number): Promise<(() => void) | null> {
  const lock = `${path}-lock`;
  keepPrivate(lock);
  const connection = new SQLite(lock, { timeout: 0 });
  const end = performance.now() + waitMs;
  for (;;) {
    try {
      connection.exec('begin exclusive');
      return () => void connection.close();
    } catch (error) {
      if (isBusy(error) && performance.now() < end) {
        await pause(RETRY_MS);
        continue;
      }
      connection.close();
      if (isBusy(error)) return null;
      throw error;
    }
  }
}
