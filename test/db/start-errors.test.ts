import pg from 'pg';
import { expect, test } from 'vitest';
import { postgresError } from '../../db/postgres/errors.ts';
import { sqliteError } from '../../db/sqlite/errors.ts';
import { databaseStartError } from '../../db/start-errors.ts';

const URL_OF_POSTGRES = 'postgres://ada:secret-word@db.example.com/keys';
const WHERE = 'db.example.com:5432/keys';

/** What is said of an error as the dialect passes it on. */
function said(error: unknown, url = URL_OF_POSTGRES): string {
  const passed = url.startsWith('sqlite:') ? sqliteError(error) : postgresError(error);
  return (databaseStartError(passed, 'DATABASE_URL', url) as Error).message;
}

const ofServer = (code: string, message = 'x') =>
  Object.assign(new pg.DatabaseError(message, 1, 'error'), { code });
const ofDriver = (message: string, code?: string) =>
  Object.assign(new Error(message), code === undefined ? {} : { code });

test.each([
  [ofServer('28P01'), `${WHERE} rejects the password of the user ada; correct`],
  [ofServer('28000', 'role "ada" does not exist'), `${WHERE} rejects the user ada; create the role`],
  [
    ofServer('28000', 'no pg_hba.conf entry for host "::1", no encryption'),
    `${WHERE} only accepts connections with TLS`,
  ],
  [ofServer('28000', 'no pg_hba.conf entry for host "::1", SSL encryption'), `${WHERE} rejects the user ada`],
  [ofServer('3D000'), `${WHERE} does not exist; create the database`],
  [ofServer('42501'), `${WHERE} does not allow the user ada to create tables; grant`],
  [ofServer('53100'), `there is no space left on the disk of ${WHERE}; free`],
  [ofServer('57014'), `${WHERE} did not respond in time; check`],
  [ofServer('53300'), `${WHERE} has no connections left; raise max_connections`],
  [ofServer('57P03'), `${WHERE} is starting or stopping; try again`],
  [
    ofDriver('getaddrinfo ENOTFOUND db.example.com', 'ENOTFOUND'),
    `the host of ${WHERE} was not found; check`,
  ],
  [ofDriver('connect ETIMEDOUT 192.0.2.1:5432', 'ETIMEDOUT'), `no response from ${WHERE}; check`],
  [ofDriver('timeout exceeded when trying to connect'), `no response from ${WHERE}; check`],
  [
    ofDriver('certificate has expired', 'CERT_HAS_EXPIRED'),
    `the TLS certificate of ${WHERE} is not valid (CERT_HAS_EXPIRED); correct`,
  ],
  [
    ofDriver('self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT'),
    `the TLS certificate of ${WHERE} is not valid`,
  ],
  [ofDriver('x', 'ERR_TLS_CERT_ALTNAME_INVALID'), `the TLS certificate of ${WHERE} is not valid`],
  [ofDriver('The server does not support SSL connections'), `${WHERE} does not support TLS; enable it`],
  [
    ofDriver('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'),
    `${WHERE} requires a password for the user ada; set`,
  ],
  [
    new AggregateError([ofDriver('x', 'ECONNREFUSED'), ofDriver('x', 'ECONNREFUSED')]),
    `nothing is listening at ${WHERE}; start`,
  ],
])('PostgreSQL, %#: what is wrong, where, and what to do', (error, text) => {
  expect(said(error)).toContain(`DATABASE_URL: ${text}`);
  expect(said(error)).not.toContain('secret-word');
});

test.each([
  ['SQLITE_CORRUPT', 'is damaged; restore'],
  ['SQLITE_NOTADB', 'is not an SQLite database; set'],
  ['SQLITE_BUSY', 'is locked by another program; stop'],
  ['SQLITE_IOERR_WRITE', "can't be read or written; check"],
])('SQLite, %s: what is wrong, where, and what to do', (code, text) => {
  expect(said(ofDriver('x', code), 'sqlite:/data/$&%.db')).toContain(`DATABASE_URL: /data/$&%.db ${text}`);
});

test('an error of the program is what it was', () => {
  const error = new TypeError('x');
  for (const url of [URL_OF_POSTGRES, 'sqlite:/data/keywright.db'])
    expect(databaseStartError(error, 'DATABASE_URL', url)).toBe(error);
});
