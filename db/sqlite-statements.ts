import type { SqliteDatabase, SqliteStatement } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { SqliteConnection, SqlitePreparedStatement } from './sqlite-driver.ts';

/** Most statements that are kept compiled: about all that the program has, lists of ids of any length apart. */
const STATEMENTS_MAX = 300;

type Row = Record<string, unknown>;

/**
 * A connection as Kysely wants it, which compiles each statement once, and not again for each query. SQLite itself
 * compiles it anew where the tables have changed meanwhile; the names of its columns are those of the first time, so that
 * a statement names them (no `*`) where tables may change.
 */
export function keepStatements(connection: SqliteConnection): SqliteDatabase {
  const statements = new LRUCache<string, SqliteStatement>({ max: STATEMENTS_MAX });
  return {
    prepare(sql) {
      const known = statements.get(sql);
      if (known) return known;
      const statement = connection.prepare<unknown[], unknown[]>(sql);
      const kept = statement.reader ? reading(statement, connection) : statement;
      statements.set(sql, kept);
      return kept;
    },
    close: () => void connection.close(),
  };
}

/** Makes the objects of rows itself: what the driver does for each value of each row takes longer than reading it. */
function reading(
  statement: SqlitePreparedStatement<unknown[], unknown[]>,
  connection: SqliteConnection,
): SqliteStatement {
  const names = statement.columns().map(({ name }) => name);
  // Copied for each row, so that all have one form however many columns there are.
  const empty: Row = Object.fromEntries(names.map((name) => [name, null]));
  statement.raw();
  return {
    reader: true,
    all: (parameters) =>
      statement.all(parameters).map((values) => {
        const row = { ...empty };
        for (let index = 0; index < names.length; index += 1) row[names[index] as string] = values[index];
        return row;
      }),
    run: (parameters) => statement.run(parameters),
    // On a statement of its own: one that is half read can't be begun again.
    iterate: (parameters) => connection.prepare(statement.source).iterate(parameters),
  };
}
