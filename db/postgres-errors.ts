import pg from 'pg';
import { UnavailableError } from '../src/core/errors.ts';

/** Transient PostgreSQL error codes, with the message for callers. Two characters: a whole class. */
const OUTAGES: Readonly<Record<string, string>> = {
  // Network, authentication or database name.
  '08': 'The database is unreachable',
  '28': 'The database is unreachable',
  '3D': 'The database is unreachable',
  // No more connections, memory or disk; a failure of the disk.
  '53': 'The database is out of resources',
  '58': "The database can't be read or written",
  // Startup, shutdown, or a connection terminated by an administrator.
  '57P': 'The database is temporarily unavailable',
  '57014': 'The database took too long',
  '25P03': 'The database took too long',
  '25P04': 'The database took too long',
  '55P03': 'The database is locked',
  '25006': 'The database is read-only',
  // Two conflicting changes at once: on retry, the second one sees the first.
  '40001': 'The change conflicted with another one; try again',
  '40P01': 'The change conflicted with another one; try again',
};

/** An error of the PostgreSQL driver as callers see it: an outage as UnavailableError with its cause, others as they are. */
export function postgresError(error: unknown): unknown {
  if (error instanceof UnavailableError) return error;
  if (isConnectionFailure(error))
    return new UnavailableError('The database is unreachable', 1, { cause: error });
  const { code = '' } = error as pg.DatabaseError;
  const message = OUTAGES[code] ?? OUTAGES[code.slice(0, 3)] ?? OUTAGES[code.slice(0, 2)];
  return message ? new UnavailableError(message, 1, { cause: error }) : error;
}

/**
 * Whether it was the connection that failed, so that no one knows what became of the statement. The driver says so with
 * errors of no class or code of its own; those of the server and of the program have theirs.
 */
export function isConnectionFailure(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return false;
  return error instanceof AggregateError || (error instanceof Error && error.constructor === Error);
}
