import pg from 'pg';
import { UnavailableError } from '../src/core/errors.ts';

/** Codes of PostgreSQL's errors that pass, with what callers are told; of two letters: a whole class of codes. */
const OUTAGES: Readonly<Record<string, string>> = {
  // The way to the server, its answer to a sign-in, or the database's name.
  '08': 'The database can not be reached',
  '28': 'The database can not be reached',
  '3D': 'The database can not be reached',
  // No more connections, memory or disk; a failure of the disk.
  '53': 'The database has no resources left',
  '58': 'The database can not be read or written',
  // Starting, stopping, or a connection that an administrator ended.
  '57P': 'The database is not available now',
  '57014': 'The database took too long',
  '25P03': 'The database took too long',
  '25P04': 'The database took too long',
  '55P03': 'The database is locked',
  '25006': 'The database can be read only',
  // Two changes at once that exclude each other: the second try finds the first one done.
  '40001': 'The change collided with another; try again',
  '40P01': 'The change collided with another; try again',
};

/** An error of the PostgreSQL driver as callers see it: an outage as UnavailableError with its cause, others as they are. */
export function postgresError(error: unknown): unknown {
  if (error instanceof UnavailableError) return error;
  if (isConnectionFailure(error))
    return new UnavailableError('The database can not be reached', 1, { cause: error });
  const { code = '' } = error as pg.DatabaseError;
  const message = OUTAGES[code] ?? OUTAGES[code.slice(0, 3)] ?? OUTAGES[code.slice(0, 2)];
  return message ? new UnavailableError(message, 1, { cause: error }) : error;
}

/**
 * Whether it was the connection that failed, so that nobody knows what became of the statement. The driver says so with
 * errors of no class or code of its own; those of the server and of the program have theirs.
 */
export function isConnectionFailure(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return false;
  return error instanceof AggregateError || (error instanceof Error && error.constructor === Error);
}
