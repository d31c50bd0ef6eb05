import { UnavailableError } from '../src/core/errors.ts';

/** Every way in which a database can be unavailable: the message for callers, and seconds until a retry makes sense. */
const OUTAGES = {
  unreachable: ['The database is unreachable', 1],
  restarting: ['The database is temporarily unavailable', 1],
  locked: ['The database is locked; try again', 1],
  conflict: ['The change conflicted with another one; try again', 1],
  slow: ['The database took too long', 1],
  exhausted: ['The database is out of resources', 5],
  // The server or the disk needs attention first.
  full: ['There is no disk space left to save changes', 10],
  readOnly: ['The database is read-only', 10],
  moved: ['The database file was moved or deleted', 10],
  failing: ["The database can't be read or written", 10],
} as const satisfies Record<string, readonly [message: string, retryAfterSeconds: number]>;

export type Outage = keyof typeof OUTAGES;

/** The database can't serve the request; the driver's error is the cause. Nothing was changed. */
export class DatabaseOutageError extends UnavailableError {
  readonly outage: Outage;

  constructor(outage: Outage, cause: unknown) {
    const [message, retryAfterSeconds] = OUTAGES[outage];
    super(message, retryAfterSeconds, { cause });
    this.outage = outage;
  }
}

/** Another connection, usually of another process, holds a lock on the SQLite file that a statement needs. */
export class DatabaseLockedError extends DatabaseOutageError {
  constructor(cause: unknown) {
    super('locked', cause);
  }
}
