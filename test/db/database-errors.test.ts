import pg from 'pg';
import { expect, test } from 'vitest';
import { DatabaseLockedError } from '../../db/open.ts';
import { postgresError } from '../../db/postgres/errors.ts';
import { sqliteError } from '../../db/sqlite/errors.ts';
import { UnavailableError } from '../../src/core/errors.ts';

const ofPostgres = (code: string) => Object.assign(new pg.DatabaseError('x', 1, 'error'), { code });
const ofSqlite = (code: string) => Object.assign(new Error('x'), { code });

test.each([
  ...['08006', '28P01', '3D000', '53100', '53300', '57P01', '57P02', '57P03', '57014'],
  ...['58030', '25006', '55P03', '40001', '40P01'],
])('an outage of PostgreSQL: %s', (code) => {
  const error = ofPostgres(code);
  expect(postgresError(error)).toBeInstanceOf(UnavailableError);
  expect(postgresError(error)).toMatchObject({ code: 'UNAVAILABLE', cause: error });
});

test.each(['23505', '23503', '42P01', '22P02', '57000', 'XX000'])('none of PostgreSQL: %s', (code) => {
  const error = ofPostgres(code);
  expect(postgresError(error)).toBe(error);
});

test.each([
  ['a lost connection', new Error('Connection terminated unexpectedly')],
  ['a name that is not found', Object.assign(new Error('x'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' })],
  ['addresses that do not answer', new AggregateError([new Error('x')])],
])('an outage of PostgreSQL: %s', (_title, error) => {
  expect(postgresError(error)).toMatchObject({ code: 'UNAVAILABLE', cause: error });
});

test.each(['SQLITE_BUSY', 'SQLITE_BUSY_SNAPSHOT', 'SQLITE_BUSY_RECOVERY', 'SQLITE_LOCKED_SHAREDCACHE'])(
  'a lock of SQLite: %s',
  (code) => {
    const error = ofSqlite(code);
    expect(sqliteError(error)).toBeInstanceOf(DatabaseLockedError);
    expect(sqliteError(error)).toMatchObject({ code: 'UNAVAILABLE', cause: error });
  },
);

test.each([
  ...['SQLITE_FULL', 'SQLITE_READONLY', 'SQLITE_READONLY_DBMOVED', 'SQLITE_CANTOPEN'],
  ...['SQLITE_IOERR', 'SQLITE_IOERR_WRITE', 'SQLITE_IOERR_FSYNC', 'SQLITE_NOMEM', 'SQLITE_PERM'],
])('an outage of SQLite: %s', (code) => {
  const error = ofSqlite(code);
  expect(sqliteError(error)).toMatchObject({ code: 'UNAVAILABLE', cause: error });
  expect(sqliteError(error)).not.toBeInstanceOf(DatabaseLockedError);
});

test.each(['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_ERROR', 'SQLITE_CORRUPT'])('none of SQLite: %s', (code) => {
  const error = ofSqlite(code);
  expect(sqliteError(error)).toBe(error);
});

test.each([
  ['08006', 1],
  ['53300', 5],
  ['53100', 10],
  ['25006', 10],
])('%s may be retried after %i seconds', (code, retryAfterSeconds) => {
  expect(postgresError(ofPostgres(code))).toMatchObject({ retryAfterSeconds });
});

test('a full disk is the same outage on both databases', () => {
  const [here, there] = [sqliteError(ofSqlite('SQLITE_FULL')), postgresError(ofPostgres('53100'))] as Error[];
  expect(here).toMatchObject({ message: there?.message, outage: 'full', retryAfterSeconds: 10 });
});

test('an error that is translated already, and one of the program, stay what they are', () => {
  for (const error of [
    new UnavailableError('x'),
    new DatabaseLockedError(new Error('x')),
    new TypeError('x'),
  ]) {
    expect(postgresError(error)).toBe(error);
    expect(sqliteError(error)).toBe(error);
  }
});
