import pg from 'pg';
import { UnavailableError } from '../../src/core/errors.ts';
import { DatabaseOutageError, type Outage } from '../outages.ts';

/** PostgreSQL error codes of outages. Two or three characters: all codes that start with them. */
const OUTAGES: Readonly<Record<string, Outage>> = {
  // Network, authentication or database name.
  '08': 'unreachable',
  '28': 'unreachable',
  '3D': 'unreachable',
  // No connections or memory left.
  '53': 'exhausted',
  '53100': 'full',
  // A failure of the disk.
  '58': 'failing',
  // Startup, shutdown, or a connection terminated by an administrator.
  '57P': 'restarting',
  '57014': 'slow',
  '25P03': 'slow',
  '25P04': 'slow',
  '55P03': 'locked',
  '25006': 'readOnly',
  // Two conflicting concurrent changes: on retry, the second one sees the first.
  '40001': 'conflict',
  '40P01': 'conflict',
};

/** Converts an outage to a DatabaseOutageError. Other errors are returned as they are. */
export function postgresError(error: unknown): unknown {
  if (error instanceof UnavailableError) return error;
  if (isConnectionFailure(error)) return new DatabaseOutageError('unreachable', error);
  const { code = '' } = error as pg.DatabaseError;
  const outage = OUTAGES[code] ?? OUTAGES[code.slice(0, 3)] ?? OUTAGES[code.slice(0, 2)];
  return outage ? new DatabaseOutageError(outage, error) : error;
}

/** The same for an error of opening a connection: whatever the reason, it is an outage. */
export function openingError(error: Error): Error {
  const known = postgresError(error);
  return known instanceof UnavailableError ? known : new DatabaseOutageError('unreachable', error);
}

/**
 * Whether the connection failed, so that the outcome of the statement is unknown. The driver reports this with plain
 * errors without a code; those of the server and of the program have a class or code.
 */
export function isConnectionFailure(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return false;
  return error instanceof AggregateError || (error instanceof Error && error.constructor === Error);
}
