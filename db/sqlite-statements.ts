import { LRUCache } from 'lru-cache';
import type { SqliteConnection, SqlitePreparedStatement } from './sqlite-driver.ts';

/**
 * Maximum number of statements that are kept compiled: about all that the program has, lists of ids of any length
 * apart.
 */
const STATEMENTS_MAX = 300;

type Row = Record<string, unknown>;

/** A compiled statement. */
export interface Statement {
  /** Whether it gives rows: `all` is for those that do, `run` for the others. */
  readonly reader: boolean;
  /** Whether it can be run on a connection that only reads. */
  readonly readonly: boolean;
  all(parameters: readonly unknown[]): Row[];
  run(parameters: readonly unknown[]): {
    readonly changes: number | bigint;
    readonly lastInsertRowid: number | bigint;
  };
}

/** A connection that compiles each statement once, and not again for each query. */
export interface Statements {
  /** Whether a transaction is under way that was not begun by a single statement. */
  readonly inTransaction: boolean;
  prepare(sql: string): Statement;
  /** Whether the statement only reads rows. */
  isRead(sql: string): boolean;
  /** Runs a statement without parameters or results. */
  execute(sql: string): void;
  close(): void;
}

/**
 * Keeps the statements of a connection. SQLite itself compiles one again where the tables have changed meanwhile; the
 * names of its columns are those of the first time, so that a statement names them (no `*`) where tables may change.
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
  // Copied for each row, so that all have one form however many columns there are.
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
