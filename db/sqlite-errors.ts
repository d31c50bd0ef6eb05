import { UnavailableError } from '../src/core/errors.ts';

/** Another connection, mostly another process's, holds a lock that a statement needs. Nothing was changed. */
export class DatabaseLockedError extends UnavailableError {}

/** The codes of SQLite, without the detail after them, that say that a lock is held: a later try may succeed. */
const LOCKED = new Set(['BUSY', 'LOCKED', 'PROTOCOL']);

/** Those that say that the file, or the disk it is on, can't be used as it is. */
const OUTAGES: Readonly<Record<string, string>> = {
  FULL: 'There is no disk space left to save changes',
  READONLY: 'The database is read-only',
  IOERR: "The database can't be read or written",
  CANTOPEN: "The database can't be opened",
};

/** How long to wait before a retry where someone has to look after the disk first, seconds. */
const OUTAGE_RETRY_SECONDS = 10;

/** An error of the SQLite driver as callers see it: an outage as UnavailableError with its cause, others as they are. */
export function sqliteError(error: unknown): unknown {
  const code = primaryCode(error);
  if (code === null) return error;
  if (LOCKED.has(code))
    return new DatabaseLockedError('The database is locked by another process; try again', 1, {
      cause: error,
    });
  const outage = OUTAGES[code];
  return outage ? new UnavailableError(outage, OUTAGE_RETRY_SECONDS, { cause: error }) : error;
}

/** `BUSY` of `SQLITE_BUSY_SNAPSHOT`; null for an error that is not SQLite's. */
function primaryCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  return /^SQLITE_([A-Z]+)/.exec(error.code)?.[1] ?? null;
}
