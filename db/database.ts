import type { CompiledQuery, Kysely } from 'kysely';
import type { Scans } from './scans.ts';
import type { Tables } from './tables.ts';

export type Engine = 'sqlite' | 'postgres';

/** How a database is opened. */
export interface OpenOptions {
  /** On SQLite: how long a change waits for the changes of others, milliseconds; omitted: 10,000. */
  readonly lockWaitMs?: number | undefined;
  /** How long a read among `scans` may take, milliseconds; omitted: 5,000. */
  readonly scanTimeLimitMs?: number | undefined;
  /** On PostgreSQL: how long a connection on which nothing comes is kept, milliseconds; omitted: 35,000. */
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
   * The same for changes that take long: on SQLite their transactions run in another thread, so that this one answers
   * requests meanwhile, and each statement takes a little longer.
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
 * Reads for verification: each compiled once, on connections of their own. No transaction of `kysely` delays them, and
 * none shows through before its commit.
 */
export type Lookup = SyncLookup | AsyncLookup;

/**
 * An embedded database: an answer is there when the call returns. Throws DatabaseLockedError while another process repairs
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

/** A server: every read takes a while, and several are under way at once. */
export interface AsyncLookup {
  readonly mode: 'async';
  /** Compiles once per connection under this name. The parameters of `query` are only placeholders. */
  prepare<Row>(name: string, query: CompiledQuery<Row>): (...values: readonly unknown[]) => Promise<Row[]>;
}
