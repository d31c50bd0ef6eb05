import { DatabaseLockedError, DatabaseOutageError, type Outage } from '../outages.ts';

/** SQLite error codes of outages, without their detail. */
const OUTAGES: Readonly<Record<string, Outage>> = {
  BUSY: 'locked',
  LOCKED: 'locked',
  PROTOCOL: 'locked',
  FULL: 'full',
  READONLY: 'readOnly',
  IOERR: 'failing',
  CANTOPEN: 'failing',
  PERM: 'failing',
  NOMEM: 'exhausted',
};

/** Converts an outage to a DatabaseOutageError. Other errors are returned as they are. */
export function sqliteError(error: unknown): unknown {
  const outage = OUTAGES[primaryCode(error)];
  if (!outage) return error;
  return outage === 'locked' ? new DatabaseLockedError(error) : new DatabaseOutageError(outage, error);
}

/** `BUSY` for `SQLITE_BUSY_SNAPSHOT`; empty for other errors. */
function primaryCode(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return '';
  return /^SQLITE_([A-Z]+)/.exec(error.code)?.[1] ?? '';
}
