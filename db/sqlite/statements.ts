import { LRUCache } from 'lru-cache';
import type { SqliteConnection, SqlitePreparedStatement } from './driver.ts';

/**
 * Maximum number of cached compiled statements: about all that the program has, except for lists of ids of any length.
 */
const STATEMENTS_MAX = 300;

type Row = Record<string, unknown>;

/** A compiled statement. */
export interface Statement {
  /** Whether it returns rows: use `all` if it does, otherwise `run`. */
  readonly reader: boolean;
  /** Whether it can run on a read-only connection. */
  readonly readonly: boolean;
  all(parameters: readonly unknown[]): Row[];
  run(parameters: readonly unknown[]): {
    readonly changes: number | bigint;
    readonly lastInsertRowid: number | bigint;
  };
}

/** A connection that compiles each statement once instead of for each query. */
export interface Statements {
  /** Whether a transaction of several statements is open. */
  readonly inTransaction: boolean;
  prepare(sql: string): Statement;
  /** Whether the statement only reads rows. */
  isRead(sql: string): boolean;
  /** Runs a statement without parameters or results. */
  execute(sql: string): void;
  close(): void;
}

/**
 * Caches the statements of a connection. SQLite itself recompiles a statement if the tables have changed, but the names
 * of its columns stay those of the first time. Therefore, statements on tables that may change name their columns (no
 * `*`).
 */
export function keepStatements(connection: SqliteConnection): Statements {
  const statements = new LRUCache<string, Statement>({ max: STATEMENTS_MAX });
  const prepare = (sql: string): Statement => {
    const known = statements.get(sql);
    if (known) return known;
    const statement = connection.prepare<unknown[], unknown[]>(sql);
    const kept = statement.reader ? reading(statement) : writing(statement);
    statements.set(sql, kept);
    return kept;
  };
  return {
    get inTransaction() {
      return connection.inTransaction;
    },
    prepare,
    isRead(sql) {
      const { reader, readonly } = prepare(sql);
      return reader && readonly;
    },
    execute: (sql) => void prepare(sql).run([]),
    close: () => void connection.close(),
  };
}

/** Builds row objects itself: the driver's work per value takes longer than the read. */
function reading(statement: SqlitePreparedStatement<unknown[], unknown[]>): Statement {
  const names = statement.columns().map(({ name }) => name);
  // Copied for each row, so that all have the same shape regardless of the number of columns.
  const empty: Row = Object.fromEntries(names.map((name) => [name, null]));
  statement.raw();
  return {
    reader: true,
    readonly: statement.readonly,
    all: (parameters) =>
      statement.all(parameters as unknown[]).map((values) => {
        const row = { ...empty };
        for (let index = 0; index < names.length; index += 1) row[names[index] as string] = values[index];
        return row;
      }),
    run: (parameters) => statement.run(parameters as unknown[]),
  };
}

function writing(statement: SqlitePreparedStatement<unknown[], unknown[]>): Statement {
  return {
    reader: false,
    readonly: statement.readonly,
    all: () => [],
    run: (parameters) => statement.run(parameters as unknown[]),
  };
}
