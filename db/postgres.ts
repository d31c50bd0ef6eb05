import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Database } from './database.ts';
import type { Tables } from './tables.ts';

/** Few connections: statements are short, and more of them only queue inside the server. */
const POOL_SIZE = 8;

/** How long a request waits for a connection before it fails, milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000;

/** A statement that runs longer is given up, so that a stuck one can't hold an organization's lock for ever. */
const STATEMENT_TIMEOUT_MS = 30_000;

/** Opens a pool on a PostgreSQL server. Whole numbers arrive as numbers: all of ours stay below 2^53. */
export function openPostgres(url: string): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    application_name: 'keywright',
    types: { getTypeParser: (oid: number, format?: string) => parser(oid, format) },
  });
  // An idle connection that breaks is replaced on next use; without a listener the process would end.
  pool.on('error', () => {});
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return { kysely, engine: 'postgres', close: () => kysely.destroy() };
}

function parser(oid: number, format?: string) {
  if (oid === pg.types.builtins.INT8 || oid === pg.types.builtins.NUMERIC) return Number;
  return pg.types.getTypeParser(oid, format as 'text');
}
