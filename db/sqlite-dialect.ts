import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SelectQueryNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type TransactionSettings,
} from 'kysely';
import { UnavailableError } from '../src/core/errors.ts';
import { sqliteError } from './sqlite-errors.ts';
import type { Statements } from './sqlite-statements.ts';
import { deadlineIn, retryWhileLocked, type WriteTurns } from './write-turns.ts';

/** What the dialect works on. All of these fail at once where a lock is held (no `busy_timeout`). */
export interface SqliteConnections {
  readonly writer: Statements;
  /** Sees every commit, and is never inside a transaction. */
  readonly reader: Statements;
  /** A connection for one transaction that reads. */
  openReader(): Statements;
  readonly turns: WriteTurns;
  /** How long a change, or a read, waits for a lock, milliseconds. */
  readonly waitMs: number;
}

/**
 * SQLite for a process that answers requests on the same thread: a change waits for its turn and for other processes'
 * locks asynchronously, and reads outside a transaction have a connection of their own, so that none waits for a change.
 * What is waited for too long fails with UnavailableError.
 */
export function sqliteDialect(connections: SqliteConnections): Dialect {
  return {
    createDriver: () => new SqliteDriver(connections),
    createAdapter: () => new TransactionalDdlAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

/** Migrations run in a transaction: its lock keeps other processes out meanwhile. */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class SqliteDriver implements Driver {
  readonly #connections: SqliteConnections;

  constructor(connections: SqliteConnections) {
    this.#connections = connections;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<SqliteSession> {
    return new SqliteSession(this.#connections);
  }

  async releaseConnection(): Promise<void> {}

  beginTransaction(session: SqliteSession, { accessMode }: TransactionSettings): Promise<void> {
    return session.begin(accessMode === 'read only');
  }

  commitTransaction(session: SqliteSession): Promise<void> {
    return session.commit();
  }

  async rollbackTransaction(session: SqliteSession): Promise<void> {
    session.rollBack();
  }

  async destroy(): Promise<void> {
    // Whoever opened the connections closes them.
    this.#connections.turns.close();
  }
}

/** One caller's use of the connections: for a statement, or for a transaction. */
class SqliteSession implements DatabaseConnection {
  readonly #connections: SqliteConnections;
  /** The connection of the transaction that is under way. */
  #transaction: Statements | null = null;

  constructor(connections: SqliteConnections) {
    this.#connections = connections;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const { reader, writer, turns, waitMs } = this.#connections;
    if (this.#transaction) {
      // After some errors SQLite has ended the transaction itself; what follows must not be saved without the rest.
      if (!this.#transaction.inTransaction) throw new UnavailableError('The change was rolled back');
      return attempt(() => run(this.#transaction as Statements, query));
    }
    const deadline = deadlineIn(waitMs);
    const isRead =
      SelectQueryNode.is(query.query) || (await retryWhileLocked(() => reader.isRead(query.sql), deadline));
    return isRead
      ? retryWhileLocked(() => run(reader, query), deadline)
      : turns.within(deadline, () => retryWhileLocked(() => run(ready(writer), query), deadline));
  }

  // biome-ignore lint/correctness/useYield: the interface wants a generator.
  async *streamQuery<Row>(): AsyncGenerator<QueryResult<Row>> {
    throw new Error(
      'Rows are not streamed: an unfinished read would keep the journal of SQLite from shrinking',
    );
  }

  async begin(readOnly: boolean): Promise<void> {
    const { openReader, waitMs } = this.#connections;
    const deadline = deadlineIn(waitMs);
    if (readOnly) {
      const own = attempt(openReader);
      try {
        await retryWhileLocked(() => own.execute('begin'), deadline);
      } catch (error) {
        own.close();
        throw error;
      }
      this.#transaction = own;
      return;
    }
    await this.#beginWriting(deadline);
  }

  async #beginWriting(deadline: number): Promise<void> {
    const { writer, turns } = this.#connections;
    await turns.begin(deadline);
    try {
      await retryWhileLocked(() => ready(writer).execute('begin immediate'), deadline);
    } catch (error) {
      turns.end();
      throw error;
    }
    this.#transaction = writer;
  }

  async commit(): Promise<void> {
    const transaction = this.#transaction;
    if (!transaction?.inTransaction) throw new UnavailableError('The change was rolled back');
    await retryWhileLocked(() => transaction.execute('commit'), deadlineIn(this.#connections.waitMs));
    this.#end();
  }

  /** Never throws: whatever made the transaction fail is what the caller must hear of. */
  rollBack(): void {
    try {
      if (this.#transaction?.inTransaction) this.#transaction.execute('rollback');
    } catch {
      // The next change tries again before it begins.
    } finally {
      this.#end();
    }
  }

  #end(): void {
    const { writer, turns } = this.#connections;
    const transaction = this.#transaction;
    this.#transaction = null;
    if (transaction === writer) turns.end();
    else transaction?.close();
  }
}

/** The connection outside any transaction: an earlier one may have failed to be rolled back. */
function ready(writer: Statements): Statements {
  if (writer.inTransaction) writer.execute('rollback');
  return writer;
}

function run<Row>(statements: Statements, { sql, parameters }: CompiledQuery): QueryResult<Row> {
  const statement = statements.prepare(sql);
  if (statement.reader) return { rows: statement.all(parameters) as Row[] };
  const { changes, lastInsertRowid } = statement.run(parameters);
  return { numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid), rows: [] };
}

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw sqliteError(error);
  }
}
