import { Socket } from 'node:net';
import { type CompiledQuery, Kysely } from 'kysely';
import pg from 'pg';
import { type AsyncLookup, type Database, type OpenOptions, SCAN_TIME_LIMIT_MS } from './database.ts';
import { FairQueue } from './fair-queue.ts';
import { type ConnectionSource, postgresDialect } from './postgres-dialect.ts';
import { postgresError } from './postgres-errors.ts';
import { createScans } from './scans.ts';
import type { Tables } from './tables.ts';
import { isUnhurried } from './unhurried.ts';

/** Few connections: statements are short, and more of them only queue inside the server. */
const POOL_SIZE = 8;

/** How long a request waits for a connection before it fails, milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000;

/** A statement that runs longer is given up, so that a stuck one can't hold an organization's lock forever. */
const STATEMENT_TIMEOUT_MS = 30_000;

/** A connection on which nothing has come for so long is dead: every statement has been answered or given up by then. */
const SILENCE_MAX_MS = STATEMENT_TIMEOUT_MS + 5_000;

/** Connections for verification: each carries many look-ups at once, and none waits behind a change. */
const LOOKUP_POOL_SIZE = 4;

/** After this a look-up has failed, whatever has become of the server, milliseconds. */
const LOOKUP_TIMEOUT_MS = 5_000;

/** Connections for reads that may look at every row of an organization: whatever they do, changes have theirs. */
const SCAN_QUEUE = {
  lanes: 4,
  lanesPerGroup: 2,
  waitingPerGroup: 1_000,
  waiting: 10_000,
  waitMs: 10_000,
} as const;

/** How much later than the server a scan is given up here, milliseconds. */
const SCAN_GRACE_MS = 1_000;

/** Opens a pool on a PostgreSQL server. Whole numbers arrive as numbers: all of ours stay below 2^53. */
export function openPostgres(
  url: string,
  { scanTimeLimitMs = SCAN_TIME_LIMIT_MS, silenceMaxMs = SILENCE_MAX_MS }: OpenOptions = {},
): Database {
  const pool = openPool(url, silenceMaxMs, {
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
  });
  const readers = openPool(url, silenceMaxMs, {
    max: LOOKUP_POOL_SIZE,
    connectionTimeoutMillis: LOOKUP_TIMEOUT_MS,
    statement_timeout: LOOKUP_TIMEOUT_MS,
    query_timeout: LOOKUP_TIMEOUT_MS,
  });
  const scanners = openPool(url, silenceMaxMs, {
    max: SCAN_QUEUE.lanes,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: scanTimeLimitMs,
    query_timeout: scanTimeLimitMs + SCAN_GRACE_MS,
  });
  const queue = new FairQueue(SCAN_QUEUE);
  const kysely = new Kysely<Tables>({ dialect: postgresDialect(pool) });
  return {
    kysely,
    unhurried: kysely,
    engine: 'postgres',
    lookup: lookupOn(readers),
    scans: createScans(
      kysely,
      (group) => new Kysely<Tables>({ dialect: postgresDialect(inTurn(scanners, queue, group)) }),
    ),
    close: async () => {
      queue.close();
      await Promise.all([kysely.destroy(), readers.end(), scanners.end()]);
    },
  };
}

function openPool(url: string, silenceMaxMs: number, settings: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({
    ...settings,
    connectionString: url,
    application_name: 'keywright',
    stream: () => mortalSocket(silenceMaxMs),
    types: { getTypeParser: (oid: number, format?: string) => parser(oid, format) },
  });
  // Statements on a connection that breaks fail, and an idle one is replaced; without listeners the process would end.
  pool.on('error', () => {});
  pool.on('connect', (client) => void client.on('error', () => {}));
  return pool;
}

/** Connections of a pool that a group has in its turn. */
function inTurn(pool: pg.Pool, queue: FairQueue, group: string): ConnectionSource {
  return {
    connect: async () => {
      const slot = await queue.enter(group);
      try {
        const client = await pool.connect();
        const release = (isBroken?: boolean | Error): void => {
          client.release(isBroken);
          slot.release();
        };
        return { query: client.query.bind(client) as pg.PoolClient['query'], release };
      } catch (error) {
        slot.release();
        throw error;
      }
    },
    end: async () => {},
  };
}

/** Without it, a server that vanished without a word would keep its statements waiting for a quarter of an hour. */
function mortalSocket(silenceMaxMs: number): Socket {
  const socket = new Socket();
  const end = (): void => void (isUnhurried() ? socket.setTimeout(silenceMaxMs) : socket.destroy());
  return socket.setTimeout(silenceMaxMs).on('timeout', end);
}

function lookupOn(pool: pg.Pool): AsyncLookup {
  return {
    mode: 'async',
    prepare<Row>(name: string, { sql }: CompiledQuery<Row>) {
      return async (...values) => {
        try {
          const { rows } = await pool.query<Row & pg.QueryResultRow>({
            name,
            text: sql,
            values: [...values],
          });
          return rows;
        } catch (error) {
          throw postgresError(error);
        }
      };
    },
  };
}

function parser(oid: number, format?: string) {
  if (oid === pg.types.builtins.INT8 || oid === pg.types.builtins.NUMERIC) return Number;
  return pg.types.getTypeParser(oid, format as 'text');
}
