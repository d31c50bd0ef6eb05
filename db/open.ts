import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database, OpenOptions } from './database.ts';
import { DatabaseServedError } from './database-errors.ts';
import { type DatabaseFiles, filesOf, resolveLinks } from './sqlite/file.ts';

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
export type { DatabaseFiles } from './sqlite/file.ts';
export { deadlineIn, retryWhileLocked } from './sqlite/write-turns.ts';

const SQLITE = 'sqlite:';

/**
 * Opens `sqlite:<path>` (created if missing, including its folder) or `postgres://…`. Loads only the required driver.
 * Does not migrate. Rejects if the database can't be opened; PostgreSQL connects on first use.
 */
export async function openDatabase(url: string, options: OpenOptions = {}): Promise<Database> {
  if (isSqlite(url)) {
    const { openSqlite } = await import('./sqlite/sqlite.ts');
    return openSqlite(options.files ? pathOf(url) : preparedPath(url), options);
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
  if (!isSqlite(url)) return () => {};
  const { takeServerLock } = await import('./sqlite/server-lock.ts');
  const release = await takeServerLock(preparedPath(url), PREDECESSOR_MS);
  if (!release) throw new DatabaseServedError();
  return release;
}

/** The files of a SQLite database as they are now. Null: it is not one. */
export function sqliteFiles(url: string): DatabaseFiles | null {
  return isSqlite(url) ? filesOf(pathOf(url)) : null;
}

/** The path of a SQLite database without symbolic links: all processes have to name the files next to it alike. */
export function pathOf(url: string): string {
  return resolveLinks(url.slice(SQLITE.length));
}

/** Whether a URL is the path of a SQLite file. */
export function isSqlite(url: string): boolean {
  return url.startsWith(SQLITE);
}

function preparedPath(url: string): string {
  makeFolder(dirname(url.slice(SQLITE.length)));
  return pathOf(url);
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
