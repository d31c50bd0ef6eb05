import { CompiledQuery, type Dialect, type QueryResult } from 'kysely';
import type { BackgroundConnection } from './background-connection.ts';
import { dialectOf, noStream, readAlone, type Session, type SqliteConnections } from './dialect.ts';
import { deadlineIn } from './write-turns.ts';

/** The connections and locks that it uses. */
export interface BackgroundConnections extends Pick<SqliteConnections, 'reader' | 'turns' | 'waitMs'> {
  readonly connection: BackgroundConnection;
}

/**
 * SQLite for long work: transactions, and statements that write, run on a connection in another thread. They take turns
 * with the changes of this thread. Other reads run here.
 */
export function backgroundDialect(connections: BackgroundConnections): Dialect {
  return dialectOf(() => new BackgroundSession(connections));
}

class BackgroundSession implements Session {
  readonly #connections: BackgroundConnections;
  #isInTransaction = false;

  constructor(connections: BackgroundConnections) {
    this.#connections = connections;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const { connection, turns, waitMs } = this.#connections;
    if (this.#isInTransaction) return connection.run<Row>(query, true);
    const deadline = deadlineIn(waitMs);
    const read = await readAlone<Row>(this.#connections, query, deadline);
    return read ?? turns.within(deadline, () => connection.run<Row>(query, false));
  }

  readonly streamQuery = noStream;

  async begin(readOnly: boolean): Promise<void> {
    const { connection, turns, waitMs } = this.#connections;
    await turns.begin(deadlineIn(waitMs));
    try {
      await connection.run(CompiledQuery.raw(readOnly ? 'begin' : 'begin immediate'), false);
    } catch (error) {
      turns.end();
      throw error;
    }
    this.#isInTransaction = true;
  }

  async commit(): Promise<void> {
    await this.#connections.connection.run(CompiledQuery.raw('commit'), true);
    this.#end();
  }

  async rollBack(): Promise<void> {
    // If the thread has exited, its transaction has been rolled back.
    await this.#connections.connection.rollBack().catch(() => {});
    this.#end();
  }

  #end(): void {
    if (!this.#isInTransaction) return;
    this.#isInTransaction = false;
    this.#connections.turns.end();
  }
}
