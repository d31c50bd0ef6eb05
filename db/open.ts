import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database, OpenOptions } from './database.ts';
import { DatabaseServedError } from './database-errors.ts';

export type {
  AsyncLookup,
  Database,
  Engine,
  Lookup,
  OpenOptions,
  SyncLookup,
} from './database.ts';
export { DatabaseLockedError, DatabaseOutageError } from './outages.ts';
export type { ScannedTable, Scans } from './scans.ts';
export { deadlineIn, retryWhileLocked } from './sqlite/write-turns.ts';

/**
 * Opens `sqlite:<path>` (created if missing, including its folder) or `postgres://…`. Loads only the required driver.
 * Does not migrate. Rejects if the database can't be opened; PostgreSQL connects on first use.
 */
export async function openDatabase(url: string, options: OpenOptions = {}): Promise<Database> {
  if (url.startsWith('sqlite:')) {
    const path = url.slice('sqlite:'.length);
    makeFolder(dirname(path));
    const { openSqlite } = await import('./sqlite/sqlite.ts');
    return openSqlite(path, options);
  }
  const { openPostgres } = await import('./postgres/postgres.ts');
  return openPostgres(url, options);
}

/** How long a server waits for the one before it, milliseconds. */
const PREDECESSOR_MS = 5_000;

/**
 * Makes this process the only server on a SQLite file until the returned function is called, or the process ends. On
 * PostgreSQL, servers work together, and nothing is locked. Rejects with DatabaseServedError if another server runs.
 */
export async function lockForServer(url: string): Promise<() => void> {
  if (!url.startsWith('sqlite:')) return () => {};
  const path = url.slice('sqlite:'.length);
  makeFolder(dirname(path));
  const { takeServerLock } = await import('./sqlite/server-lock.ts');
  const release = await takeServerLock(path, PREDECESSOR_MS);
  if (!release) throw new DatabaseServedError();
  return release;
}

/** One by one: Node's `recursive` never returns on a file system that reports ENOENT for the new folder. */
function makeFolder(path: string): void {
  if (isFolder(path)) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another starting process may have created it first.
    if (!isFolder(path)) throw error;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
