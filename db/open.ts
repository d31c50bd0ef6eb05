import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database, OpenOptions } from './database.ts';

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
