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
import { UnavailableError } from '../../src/core/errors.ts';
import { sqliteError } from './errors.ts';
import type { Statements } from './statements.ts';
import { deadlineIn, retryWhileLocked, type WriteTurns } from './write-turns.ts';

/** The connections and locks that the dialect uses. All of these fail immediately on a lock (no `busy_timeout`). */
export interface SqliteConnections {
  readonly writer: Statements;
  /** Sees every commit, and is never in a transaction. */
  readonly reader: Statements;
  /** A connection for one read-only transaction. */
  openReader(): Statements;
  readonly turns: WriteTurns;
  /** How long a change or a read waits for a lock, milliseconds. */
  readonly waitMs: number;
}

/** One caller's use of the connections, for a statement or for a transaction. */
export interface Session extends DatabaseConnection {
  begin(readOnly: boolean): Promise<void>;
  commit(): Promise<void>;
  /** Never throws: the caller must see the error that failed the transaction. */
  rollBack(): void | Promise<void>;
}

/**
 * SQLite for a process that answers requests on the same thread. A change waits asynchronously for its turn and for
 * other processes' locks. Reads outside a transaction have their own connection and never wait for a change. Fails
 * with UnavailableError after the maximum wait.
 */
export function sqliteDialect(connections: SqliteConnections): Dialect {
  return dialectOf(() => new SqliteSession(connections));
}

/** The same with another kind of session. The code that opened its resources closes them. */
export function dialectOf(openSession: () => Session): Dialect {
  return {
    createDriver: () => new SqliteDriver(openSession),
    createAdapter: () => new TransactionalDdlAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

/** Migrations run in a transaction, whose lock excludes other processes. */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class SqliteDriver implements Driver {
  readonly #openSession: () => Session;

  constructor(openSession: () => Session) {
    this.#openSession = openSession;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<Session> {
    return this.#openSession();
  }

  async releaseConnection(): Promise<void> {}

  beginTransaction(session: Session, { accessMode }: TransactionSettings): Promise<void> {
    return session.begin(accessMode === 'read only');
  }

  commitTransaction(session: Session): Promise<void> {
    return session.commit();
  }

  async rollbackTransaction(session: Session): Promise<void> {
    await session.rollBack();
  }

  async destroy(): Promise<void> {}
}

class SqliteSession implements Session {
  readonly #connections: SqliteConnections;
  /** The connection of the open transaction. */
  #transaction: Statements | null = null;

  constructor(connections: SqliteConnections) {
    this.#connections = connections;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const { writer, turns, waitMs } = this.#connections;
    if (this.#transaction) {
      // SQLite rolls back the transaction after some errors. Later statements must not be committed without the earlier
      // ones.
      if (!this.#transaction.inTransaction) throw new UnavailableError('The change was rolled back');
      return attempt(() => run(this.#transaction as Statements, query));
    }
    const deadline = deadlineIn(waitMs);
    const read = await readAlone<Row>(this.#connections, query, deadline);
    return read ?? turns.within(deadline, () => retryWhileLocked(() => run(ready(writer), query), deadline));
  }

  readonly streamQuery = noStream;

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

  rollBack(): void {
    try {
      if (this.#transaction?.inTransaction) this.#transaction.execute('rollback');
    } catch {
      // The next change retries before it begins.
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

/** Runs a read-only statement outside a transaction; otherwise returns null. */
export async function readAlone<Row>(
  { reader }: Pick<SqliteConnections, 'reader'>,
  query: CompiledQuery,
  deadline: number,
): Promise<QueryResult<Row> | null> {
  const isRead =
    SelectQueryNode.is(query.query) || (await retryWhileLocked(() => reader.isRead(query.sql), deadline));
  return isRead ? retryWhileLocked(() => run<Row>(reader, query), deadline) : null;
}

/** The connection outside any transaction. The rollback of an earlier one may have failed. */
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

// biome-ignore lint/correctness/useYield: the interface wants a generator.
export async function* noStream(): AsyncGenerator<never> {
  throw new Error(
    'Rows are not streamed: an unfinished read would keep the journal of SQLite from shrinking',
  );
}
