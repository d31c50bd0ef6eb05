import { createRequire } from 'node:module';
import type SQLiteDriver from 'better-sqlite3';

export type { Database as SqliteConnection, Statement as SqlitePreparedStatement } from 'better-sqlite3';

/** better-sqlite3 13 requires this version of Node.js. On an earlier one, its addon crashes the process. */
const NODE_MAJOR_MIN = 22;

/** Contains better-sqlite3 12. npm installs it only on versions of Node.js that need it. */
const NODE_20_DRIVER = '@keywright/better-sqlite3-node20';

const driverRequire = createRequire(import.meta.url);

/** The file of the SQLite driver, for worker threads and child processes: `require` returns the constructor. */
export const sqliteDriverPath: string = sqliteDriverFile(process.versions.node, driverRequire.resolve);

/** The SQLite driver's constructor. The driver is loaded here and nowhere else. */
export const SQLite: typeof SQLiteDriver = driverRequire(sqliteDriverPath);

/** The file of the driver for a version of Node.js, such as `24.21.0`. Throws if the driver is not installed. */
export function sqliteDriverFile(nodeVersion: string, resolve: (name: string) => string): string {
  if (Number.parseInt(nodeVersion, 10) >= NODE_MAJOR_MIN) return resolve('better-sqlite3');
  try {
    return resolve(NODE_20_DRIVER);
  } catch (cause) {
    throw new Error(
      `On Node.js ${nodeVersion} SQLite needs the package ${NODE_20_DRIVER}, which is not installed: install it (npm silently skips it if its addon can't be compiled), or run Node.js ${NODE_MAJOR_MIN} or later`,
      { cause },
    );
  }
}
