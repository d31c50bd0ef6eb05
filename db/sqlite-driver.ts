import { createRequire } from 'node:module';
import type SQLiteDriver from 'better-sqlite3';

export type { Database as SqliteConnection, Statement as SqlitePreparedStatement } from 'better-sqlite3';

const driverRequire = createRequire(import.meta.url);

/** The file of the SQLite driver, for worker threads and child processes: `require` of it gives the constructor. */
export const sqliteDriverPath: string = driverRequire.resolve('better-sqlite3');

/** The SQLite driver's constructor. The driver is loaded here and nowhere else. */
export const SQLite: typeof SQLiteDriver = driverRequire(sqliteDriverPath);
