import { Socket } from 'node:net';
import { type CompiledQuery, Kysely, sql } from 'kysely';
import pg from 'pg';
import { type AsyncLookup, type Database, type OpenOptions, SCAN_TIME_LIMIT_MS } from '../database.ts';
import { FairQueue } from '../fair-queue.ts';
import { createScans } from '../scans.ts';
import type { Tables } from '../tables/tables.ts';
import { isUnhurried } from '../unhurried.ts';
import { writeCheck } from '../write-check.ts';
import { changingConnections } from './connections.ts';
import { type ConnectionSource, postgresDialect } from './dialect.ts';
import { openingError, postgresError } from './errors.ts';

/** Few connections: statements are short, and more of them only queue inside the server. */
const POOL_SIZE = 8;

/** How long a request waits for a connection before it fails, milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000;

/** A longer statement is canceled, so that a stuck one can't hold an organization's lock forever. */
const STATEMENT_TIMEOUT_MS = 30_000;

/** A connection that received nothing for this long is dead: by then, every statement has been answered or canceled. */
const SILENCE_MAX_MS = STATEMENT_TIMEOUT_MS + 5_000;

/** Connections for verification: each pipelines many look-ups, and none waits behind a change. */
const LOOKUP_POOL_SIZE = 4;

/** A look-up fails after this time, whatever the state of the server, milliseconds. */
const LOOKUP_TIMEOUT_MS = 5_000;

/** Connections for reads that may scan every row of an organization, so that changes keep their own connections. */
const SCAN_QUEUE = {
  lanes: 4,
  lanesPerGroup: 2,
  waitingPerGroup: 1_000,
  waiting: 10_000,
  waitMs: 10_000,
} as const;

/** How much later than the server the client cancels a scan, milliseconds. */
const SCAN_GRACE_MS = 1_000;

/** Opens a pool on a PostgreSQL server. Whole numbers arrive as numbers: all of ours stay below 2^53. */
export function openPostgres(
  url: string,
  { scanTimeLimitMs = SCAN_TIME_LIMIT_MS, silenceMaxMs = SILENCE_MAX_MS }: OpenOptions = {},
): Database {
  const connections = changingConnections(
    openPool(url, silenceMaxMs, {
      max: POOL_SIZE,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
    }),
  );
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
  const kysely = new Kysely<Tables>({ dialect: postgresDialect(connections) });
  return {
    kysely,
    unhurried: kysely,
    engine: 'postgres',
    lookup: lookupOn(readers),
    checkWrites: writeCheck(async () => {
      const outage = connections.recentOutage();
      if (outage) throw outage;
      // Fails on a read-only server, and changes nothing on others.
      await sql`delete from usage_writers where writer = ''`.execute(kysely);
    }),
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

/** Reports every error of opening a connection as an outage. The codes of some, such as 55000, mean a fault of a statement. */
class ReportingClient extends pg.Client {
  override connect = ((callback: (error: Error | null) => void) =>
    super.connect((error: Error | null) => callback(error && openingError(error)))) as pg.Client['connect'];
}

function openPool(url: string, silenceMaxMs: number, settings: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({
    ...settings,
    Client: ReportingClient,
    connectionString: url,
    application_name: 'keywright',
    stream: () => mortalSocket(silenceMaxMs),
    types: { getTypeParser: (oid: number, format?: string) => parser(oid, format) },
  });
  // Statements on a broken connection fail, and an idle connection is replaced. Without listeners the process would
  // exit.
  pool.on('error', () => {});
  pool.on('connect', (client) => void client.on('error', () => {}));
  return pool;
}

/** The connections of a pool that a group uses in its turn. */
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

/** Without keep-alive, statements to a server that vanished silently would wait for a quarter of an hour. */
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
