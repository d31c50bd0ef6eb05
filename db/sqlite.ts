import { closeSync, openSync } from 'node:fs';
import { Kysely, SqliteDialect } from 'kysely';
import { backgroundWriter } from './background-writer.ts';
import type { Database, SyncLookup } from './database.ts';
import { SQLite, type SqliteConnection, type SqlitePreparedStatement } from './sqlite-driver.ts';
import { keepStatements } from './sqlite-statements.ts';
import type { Tables } from './tables.ts';

/** How long a writer waits for another process's write, milliseconds. */
const BUSY_TIMEOUT_MS = 10_000;

/** Readers wait only while another process repairs the file after a crash; meanwhile nothing else runs here. */
const LOOKUP_TIMEOUT_MS = 1_000;

/** Every commit is on disk before it is acknowledged, and foreign keys hold. */
const WRITER_PRAGMAS = ['synchronous = FULL', 'foreign_keys = ON', 'trusted_schema = OFF'];

/** Opens a SQLite file (made if missing, for its owner only): WAL, every commit on disk before it is acknowledged. */
export function openSqlite(path: string): Database {
  createPrivately(path);
  const connection = new SQLite(path, { timeout: BUSY_TIMEOUT_MS });
  connection.pragma('journal_mode = WAL');
  for (const pragma of WRITER_PRAGMAS) connection.pragma(pragma);
  const kysely = new Kysely<Tables>({ dialect: new SqliteDialect({ database: keepStatements(connection) }) });
  const reader = new SQLite(path, { readonly: true, timeout: LOOKUP_TIMEOUT_MS });
  reader.pragma('trusted_schema = OFF');
  // Not mapped into memory: SQLite drops the whole mapping after every commit, and usage is written all the time.
  reader.pragma('mmap_size = 0');
  const background = backgroundWriter({ path, busyTimeoutMs: BUSY_TIMEOUT_MS, pragmas: WRITER_PRAGMAS });
  return {
    kysely,
    engine: 'sqlite',
    lookup: lookupOn(reader),
    background,
    close: async () => {
      await background.close();
      reader.close();
      await kysely.destroy();
    },
  };
}

/** SQLite would make the file as the umask says; the files beside it (-wal, -shm) get the mode of this one. */
function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch {
    // It is there already, with the mode that it has; whatever else may be wrong, SQLite says itself.
  }
}

function lookupOn(reader: SqliteConnection): SyncLookup {
  // Changes with every commit of another connection, be it our own for writing.
  const version = reader.prepare<[], number>('pragma data_version').pluck();
  let known: number | undefined;
  return {
    mode: 'sync',
    prepare<Row>({ sql }: { readonly sql: string }) {
      let statement: SqlitePreparedStatement<unknown[], Row> | undefined;
      // Not at once: the tables may not be there yet.
      const prepared = () => {
        statement ??= reader.prepare<unknown[], Row>(sql);
        return statement;
      };
      return {
        first: (...values) => prepared().get(...values),
        all: (...values) => prepared().all(...values),
      };
    },
    changed() {
      const current = version.get();
      if (current === known) return false;
      known = current;
      return true;
    },
  };
}
