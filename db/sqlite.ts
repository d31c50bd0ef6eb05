import SQLite from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import type { Database } from './database.ts';
import type { Tables } from './tables.ts';

/** How long a writer waits for another process's write, milliseconds. */
const BUSY_TIMEOUT_MS = 10_000;

/** Opens a SQLite file: WAL, every commit on disk before it is acknowledged, foreign keys enforced. */
export function openSqlite(path: string): Database {
  const connection = new SQLite(path, { timeout: BUSY_TIMEOUT_MS });
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = FULL');
  connection.pragma('foreign_keys = ON');
  connection.pragma('trusted_schema = OFF');
  const kysely = new Kysely<Tables>({ dialect: new SqliteDialect({ database: connection }) });
  return { kysely, engine: 'sqlite', close: () => kysely.destroy() };
}
