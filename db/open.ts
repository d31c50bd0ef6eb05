import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database, OpenOptions } from './database.ts';

export type {
  AsyncLookup,
  BackgroundWriter,
  Database,
  Engine,
  Lookup,
  OpenOptions,
  RowWrites,
  SyncLookup,
} from './database.ts';
export { ROW_MISSING } from './database.ts';
export { DatabaseLockedError } from './sqlite-errors.ts';
export { deadlineIn, retryWhileLocked } from './write-turns.ts';

/**
 * Opens `sqlite:<path>` (made if missing, its folder too) or `postgres://…`. Loads only the driver it needs. Does not
 * migrate. Rejects where the database can't be opened; PostgreSQL connects on first use.
 */
export async function openDatabase(url: string, options: OpenOptions = {}): Promise<Database> {
  if (url.startsWith('sqlite:')) {
    const path = url.slice('sqlite:'.length);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const { openSqlite } = await import('./sqlite.ts');
    return openSqlite(path, options);
  }
  const { openPostgres } = await import('./postgres.ts');
  return openPostgres(url);
}
