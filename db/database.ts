import type { CompiledQuery, Kysely } from 'kysely';
import type { Scans } from './scans.ts';
import type { DatabaseFiles } from './sqlite/file.ts';
import type { Tables } from './tables/tables.ts';

export type Engine = 'sqlite' | 'postgres';

/** How a database is opened. */
export interface OpenOptions {
  /** On SQLite: how long a change waits for other changes, milliseconds. Omitted: 10,000. */
  readonly lockWaitMs?: number | undefined;
  /** How long a read of `scans` may take, milliseconds. Omitted: 5,000. */
  readonly scanTimeLimitMs?: number | undefined;
  /** On SQLite: open these files, which another process uses, or fail. Omitted: the database may be created. */
  readonly files?: DatabaseFiles | undefined;
  /** On SQLite: memory for pages of each connection, KiB. Omitted: 16,000. */
  readonly cacheKib?: number | undefined;
  /** On PostgreSQL: how long a connection without traffic is kept, milliseconds. Omitted: 35,000. */
  readonly silenceMaxMs?: number | undefined;
}

/** Default time limit of a read that may scan all rows of an organization, milliseconds. */
export const SCAN_TIME_LIMIT_MS = 5_000;

/**
 * An open database, to be closed by the code that opened it. Fails with UnavailableError if it is unreachable or stays
 * locked.
 */
export interface Database {
  readonly kysely: Kysely<Tables>;
  /**
   * The same database for long changes. On SQLite, their transactions run in another thread, so that this one can serve
   * requests in the meantime; each statement takes slightly longer.
   */
  readonly unhurried: Kysely<Tables>;
  readonly engine: Engine;
  readonly lookup: Lookup;
  readonly scans: Scans;
  /** Rejects with DatabaseOutageError if changes can't be saved. Makes a change at most four times per second. */
  checkWrites(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Reads for verification: compiled once, on separate connections. Transactions of `kysely` don't delay them, and are
 * visible only after their commit.
 */
export type Lookup = SyncLookup | AsyncLookup;

/**
 * An embedded database: results are returned synchronously. Throws DatabaseLockedError while another process repairs
 * the file after a crash.
 */
export interface SyncLookup {
  readonly mode: 'sync';
  /** Compiles on first use. The parameters of `query` are only placeholders. */
  prepare<Row>(query: CompiledQuery<Row>): SyncRead<Row>;
  /** Changes whenever another connection, in any process, commits. Reads no table. */
  version(): number;
}

export interface SyncRead<Row> {
  first(...values: readonly unknown[]): Row | undefined;
  all(...values: readonly unknown[]): Row[];
}

/** A server: reads are asynchronous and concurrent. */
export interface AsyncLookup {
  readonly mode: 'async';
  /** Compiles once per connection under this name. The parameters of `query` are only placeholders. */
  prepare<Row>(name: string, query: CompiledQuery<Row>): (...values: readonly unknown[]) => Promise<Row[]>;
}
