import { Kysely, sql } from 'kysely';
import { type Database, type OpenOptions, SCAN_TIME_LIMIT_MS, type SyncLookup } from '../database.ts';
import { DatabaseForeignError } from '../database-errors.ts';
import { createScans } from '../scans.ts';
import type { Tables } from '../tables/tables.ts';
import { writeCheck } from '../write-check.ts';
import { backgroundDialect } from './background.ts';
import { openBackgroundConnection } from './background-connection.ts';
import { sqliteDialect } from './dialect.ts';
import { SQLite, type SqliteConnection, type SqlitePreparedStatement } from './driver.ts';
import { sqliteError } from './errors.ts';
import { createPrivately, requireFiles, requireInPlace } from './file.ts';
import { sqliteScans } from './scans.ts';
import { keepStatements } from './statements.ts';
import { deadlineIn, retryWhileLocked, WriteTurns } from './write-turns.ts';

/** How long a change waits for other processes by default, milliseconds. */
const LOCK_WAIT_MS = 10_000;

/** How long a read in another process waits while the file is repaired after a crash, milliseconds. */
const SCAN_BUSY_TIMEOUT_MS = 1_000;

/** Memory for pages of each connection, KiB: the driver's default. */
const CACHE_KIB = 16_000;

/** Every commit is on disk before it is acknowledged, and foreign keys hold. */
const WRITER_PRAGMAS = ['synchronous = FULL', 'foreign_keys = ON', 'trusted_schema = OFF'];

/**
 * Opens a SQLite file (created if missing, readable by its owner only): WAL, every commit on disk before it is
 * acknowledged. No connection of this thread blocks inside SQLite, which would block all requests.
 */
export async function openSqlite(
  path: string,
  {
    lockWaitMs: waitMs = LOCK_WAIT_MS,
    scanTimeLimitMs: timeLimitMs = SCAN_TIME_LIMIT_MS,
    files,
    cacheKib = CACHE_KIB,
  }: OpenOptions = {},
): Promise<Database> {
  // Of an empty file, SQLite would delete the WAL, which may belong to a database that was moved away.
  if (files) requireFiles(files);
  // The -wal and -shm files inherit its mode.
  else createPrivately(path);
  const opened: SqliteConnection[] = [];
  const open = (readonly: boolean): SqliteConnection => {
    const connection = new SQLite(path, { readonly, timeout: 0, fileMustExist: true });
    connection.pragma(`cache_size = -${cacheKib}`);
    opened.push(connection);
    return connection;
  };
  const openReader = (): SqliteConnection => {
    const reader = open(true);
    reader.pragma('trusted_schema = OFF');
    // Not mapped into memory: SQLite drops the whole mapping after every commit, and usage is written all the time.
    reader.pragma('mmap_size = 0');
    return reader;
  };
  const closeAll = (): void => {
    // The writer last: only it can checkpoint the WAL into the file.
    for (const connection of opened.reverse()) connection.close();
  };
  try {
    const connection = open(false);
    const inPlace = requireInPlace(path);
    // It was replaced before it was opened.
    if (files) requireFiles(files);
    const turns = new WriteTurns(inPlace);
    const deadline = deadlineIn(waitMs);
    await retryWhileLocked(() => refuseForeign(connection), deadline);
    await retryWhileLocked(() => connection.pragma('journal_mode = WAL'), deadline);
    // Now the other files are open as well.
    if (files) requireFiles(files);
    for (const pragma of WRITER_PRAGMAS) connection.pragma(pragma);
    const connections = {
      writer: keepStatements(connection),
      reader: keepStatements(openReader()),
      openReader: () => {
        inPlace();
        return keepStatements(openReader());
      },
      turns,
      waitMs,
    };
    const kysely = new Kysely<Tables>({ dialect: sqliteDialect(connections) });
    const lookup = lookupOn(openReader());
    const background = openBackgroundConnection({
      path,
      waitMs,
      pragmas: [...WRITER_PRAGMAS, `cache_size = -${cacheKib}`],
    });
    const unhurried = new Kysely<Tables>({
      dialect: backgroundDialect({ ...connections, connection: background }),
    });
    const scanning = sqliteScans({ path, timeLimitMs, busyTimeoutMs: SCAN_BUSY_TIMEOUT_MS });
    const scans = createScans(kysely, (group) => {
      inPlace();
      return scanning.connect(group);
    });
    // Writes a page, whether or not the number is the same.
    const checkWrites = writeCheck(() => sql`pragma user_version = 0`.execute(unhurried));
    const close = async (): Promise<void> => {
      await Promise.all([background.close(), scanning.close()]);
      turns.close();
      await kysely.destroy();
      closeAll();
    };
    return { kysely, unhurried, engine: 'sqlite', lookup, scans, checkWrites, close };
  } catch (error) {
    closeAll();
    throw error;
  }
}

/** Runs before any change to the file. The migrations table is the first one this program creates. */
function refuseForeign(connection: SqliteConnection): void {
  const names = connection
    .prepare<[], string>(
      "select name from sqlite_schema where type = 'table' and name not like 'sqlite^_%' escape '^'",
    )
    .pluck()
    .all();
  const [first] = names;
  if (first !== undefined && !names.includes('kysely_migration')) throw new DatabaseForeignError(first);
}

function lookupOn(reader: SqliteConnection): SyncLookup {
  // Changes with every commit of another connection, including our own write connection.
  const version = reader.prepare<[], number>('pragma data_version').pluck();
  return {
    mode: 'sync',
    prepare<Row>({ sql }: { readonly sql: string }) {
      let statement: SqlitePreparedStatement<unknown[], Row> | undefined;
      // Deferred: the tables may not exist yet.
      const prepared = () => {
        statement ??= reader.prepare<unknown[], Row>(sql);
        return statement;
      };
      return {
        first: (...values) => translated(() => prepared().get(...values)),
        all: (...values) => translated(() => prepared().all(...values)),
      };
    },
    version: () => translated(() => version.get() ?? Number.NaN),
  };
}

function translated<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw sqliteError(error);
  }
}
