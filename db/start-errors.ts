import { accessSync, constants, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf, rootOf, StartError } from '../src/core/start-error.ts';
import { DatabaseForeignError, DatabaseServedError, DatabaseTooNewError } from './database-errors.ts';

/**
 * Why a database can't be used, in one line that names the setting, the location without the password, and the next
 * step. Unrelated errors are returned unchanged.
 */
export function databaseStartError(error: unknown, setting: string, url: string): unknown {
  const root = rootOf(error);
  const path = url.startsWith('sqlite:') ? url.slice('sqlite:'.length) : null;
  const fault = ofMigration(root) ?? (path === null ? ofPostgres(error, new URL(url)) : ofSqlite(root, path));
  if (!fault) return error;
  const where = path ?? addressOf(new URL(url));
  return new StartError(`${setting}: ${fault(where)}`, { cause: error });
}

/** Describes the problem for the path of the file, or the address of the database. */
type Fault = ((where: string) => string) | undefined;

/** In Keywright's own texts, `%` stands for the location. */
function saying(text: string | undefined): Fault {
  return text === undefined ? undefined : (where) => text.replace('%', () => where);
}

function ofMigration(root: unknown): Fault {
  if (root instanceof DatabaseTooNewError)
    return (where) =>
      `${where} is newer than this program (it has the migration ${root.migration}); start the version that migrated it, or a later one`;
  if (root instanceof DatabaseForeignError)
    return (where) =>
      `${where} belongs to another program (it has the table ${root.table}); use a separate database for Keywright`;
  if (root instanceof DatabaseServedError)
    return (where) =>
      `another server is using ${where}; stop it, or use PostgreSQL to run several servers on one database`;
  return undefined;
}

function ofSqlite(root: unknown, path: string): Fault {
  const code = codeOf(root);
  // The folder is created before the file is opened.
  if (FOLDER_FAULTS.has(code))
    return () => `the folder ${dirname(path)} can't be created (${code}); create it, or set another path`;
  if (code === 'SQLITE_READONLY_DBMOVED')
    return saying('% was moved, deleted or replaced; move it back, with its -wal and -shm files');
  const primary = /^SQLITE_([A-Z]+)/.exec(code)?.[1] ?? '';
  if (primary === 'CANTOPEN' || primary === 'READONLY') return unusableFile(path);
  return saying(SQLITE_FAULTS[primary === 'IOERR' && isFull(dirname(path)) ? 'FULL' : primary]);
}

/** SQLite reports some failed writes on a full disk as other faults of the disk. */
function isFull(folder: string): boolean {
  try {
    return statfsSync(folder).bavail === 0;
  } catch {
    return false;
  }
}

const FOLDER_FAULTS: ReadonlySet<string> = new Set(
  'EACCES EPERM EROFS ENOENT ENOTDIR EEXIST ENOSPC ENAMETOOLONG ELOOP EDQUOT'.split(' '),
);

const SQLITE_FAULTS: Readonly<Record<string, string>> = {
  NOTADB: '% is not an SQLite database; set another path, or restore a backup',
  CORRUPT: '% is damaged; restore a backup',
  BUSY: '% is locked by another program; stop that program, or try again',
  LOCKED: '% is locked by another program; stop that program, or try again',
  PROTOCOL: '% is locked by another program; stop that program, or try again',
  FULL: 'there is no space left on the disk of %; free some space',
  IOERR: "% can't be read or written; check its disk and the system log",
};

/** Whether the file or its folder is not writable. SQLite writes a journal next to the file, so it needs both. */
function unusableFile(path: string): Fault {
  const folder = dirname(path);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    return saying('% is a folder; set the path of a file');
  if (!permits(folder, constants.W_OK | constants.X_OK))
    return () => `the folder ${folder} is not writable; grant this user write access, or set another path`;
  if (!permits(path, constants.R_OK | constants.W_OK))
    return saying("% can't be read and written; grant this user access, or set another path");
  return saying("% can't be opened for writing; check its file system, or set another path");
}

function permits(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

function ofPostgres(error: unknown, { username }: URL): Fault {
  const code = codeOf(rootOf(error));
  const message = messagesOf(error);
  if (TLS_FAULTS.test(code))
    return (where) =>
      `the TLS certificate of ${where} is not valid (${code}); correct it, or trust its issuer with sslrootcert in the URL`;
  const fault = FAULTS_BY_MESSAGE.find(([pattern]) => pattern.test(message));
  const text = POSTGRES_FAULTS[code] ?? fault?.[1];
  return saying(text?.replace('$user', () => username || 'of this process'));
}

/** The messages of an error and its causes: of a connection that timed out, the root only says that it was closed. */
function messagesOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const parts = error instanceof AggregateError ? error.errors.slice(0, 1) : [error.cause];
  return [error.message, ...parts.map(messagesOf)].join('\n');
}

const TLS_FAULTS = /CERT|^UNABLE_TO_|^ERR_TLS_|^ERR_SSL_|^EPROTO$/;

/** If there is no code, or an ambiguous one, by the messages of driver and server. */
const FAULTS_BY_MESSAGE: readonly (readonly [fault: RegExp, text: string])[] = [
  [
    /does not support SSL/i,
    '% does not support TLS; enable it on the server, or set sslmode=disable in the URL',
  ],
  [/no encryption|SSL required/i, '% only accepts connections with TLS; set sslmode=verify-full in the URL'],
  [/password must be a string/i, '% requires a password for the user $user; set it in the URL'],
  [/no pg_hba|does not exist/i, '% rejects the user $user; create the role, or allow it in pg_hba.conf'],
  [/timeout|timed out/i, 'no response from %; check the address and any firewalls in between'],
  [
    /terminated|ended|closed|ECONNRESET|hang up|message type/i,
    '% closed the connection; check that it is a PostgreSQL server, and its log',
  ],
];

const POSTGRES_FAULTS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the host of % was not found; check its name',
  EAI_AGAIN: "the host of % can't be resolved; check its name and the DNS server",
  ECONNREFUSED: 'nothing is listening at %; start PostgreSQL, or correct the host and port',
  ENOENT: 'nothing is listening at %; start PostgreSQL, or correct the host and port',
  ETIMEDOUT: 'no response from %; check the address and any firewalls in between',
  EHOSTUNREACH: 'there is no route to %; check the address and the network',
  ENETUNREACH: 'there is no route to %; check the address and the network',
  '28P01': '% rejects the password of the user $user; correct the user and password in the URL',
  '3D000': '% does not exist; create the database, or correct its name',
  '3F000': '% has no schema to create tables in; create one, or set search_path for the user $user',
  '42501': '% does not allow the user $user to create tables; grant it create on the schema',
  '53100': 'there is no space left on the disk of %; free some space',
  '53200': '% is out of memory; stop other programs, or give it more',
  '53300': '% has no connections left; raise max_connections, or stop other clients',
  '57P01': '% is starting or stopping; try again in a moment',
  '57P03': '% is starting or stopping; try again in a moment',
  '57014': '% did not respond in time; check its load and its locks',
  '25006': '% is read-only; set the address of the primary server',
};

/** `db.example.com:5432/keywright`, without credentials. */
function addressOf({ hostname, port, pathname, searchParams }: URL): string {
  return `${hostname || searchParams.get('host') || 'localhost'}:${port || '5432'}${pathname}`;
}
