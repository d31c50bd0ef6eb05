import { Kysely, SqliteDialect } from 'kysely';
import pg from 'pg';
import { up as indexSearchedKeys } from '../db/migrations/0011-searched-keys.ts';
import { up as countKeys } from '../db/migrations/0012-api-key-counts.ts';
import { SQLite, type SqliteConnection } from '../db/sqlite/driver.ts';

export type Value = string | number | null;

/** The tables to fill, with their columns and PostgreSQL types, separated by spaces. */
export type Columns<Name extends string> = Readonly<
  Record<Name, { readonly names: string; readonly types: string }>
>;

/** Rows by table, with values in the order of the columns. */
export type Rows<Name extends string> = Readonly<Record<Name, readonly (readonly Value[])[]>>;

/** Fills a migrated database without other users. An interruption leaves it unusable. */
export interface Filling<Name extends string> {
  /** Adds some thousand rows in one transaction. */
  add(rows: readonly Rows<Name>[]): Promise<void>;
  /** Builds the indexes, and the data that triggers maintain, once all rows exist. Then runs the statements. */
  end(...statements: readonly string[]): Promise<void>;
}

export async function openFilling<Name extends string>(
  url: string,
  columns: Columns<Name>,
): Promise<Filling<Name>> {
  return url.startsWith('sqlite:')
    ? sqliteFilling(url.slice('sqlite:'.length), columns)
    : postgresFilling(url, columns);
}

function sqliteFilling<Name extends string>(path: string, columns: Columns<Name>): Filling<Name> {
  const db = new SQLite(path);
  for (const pragma of ['journal_mode = OFF', 'synchronous = OFF', 'cache_size = -400000']) db.pragma(pragma);
  const tables = Object.keys(columns) as Name[];
  const indexes = dropped(db, 'index', tables);
  // Row by row, they take several times as long as the rows.
  const triggers = dropped(db, 'trigger', ['api_keys']);
  db.exec('drop table api_key_counts');
  const inserts = tables.map((table) => {
    const names = columns[table].names.split(' ');
    const values = names.map(() => '?');
    return [table, db.prepare<unknown[]>(`insert into ${table} (${names}) values (${values})`)] as const;
  });
  const insert = db.transaction((all: readonly Rows<Name>[]) => {
    for (const rows of all)
      for (const [table, statement] of inserts) for (const row of rows[table]) statement.run(...row);
  });
  return {
    add: async (rows) => insert(rows),
    async end(...statements) {
      for (const statement of indexes) db.exec(statement);
      const kysely = new Kysely<unknown>({ dialect: new SqliteDialect({ database: db }) });
      // These migrations recreate the triggers, and the data that they maintain for existing keys.
      await indexSearchedKeys(kysely);
      await countKeys(kysely);
      // Other triggers maintain nothing from existing keys, and are recreated unchanged.
      for (const statement of triggers) db.exec(statement.replace(/^create trigger/i, '$& if not exists'));
      for (const statement of statements) db.exec(statement);
      await kysely.destroy();
    },
  };
}

/**
 * Drops the indexes or triggers of tables, except for those of constraints, and returns the statements that recreate
 * them.
 */
function dropped(db: SqliteConnection, kind: 'index' | 'trigger', tables: readonly string[]): string[] {
  const found = db
    .prepare<unknown[], { name: string; sql: string }>(
      `select name, sql from sqlite_master
       where type = ? and sql is not null and tbl_name in (${tables.map(() => '?')})`,
    )
    .all(kind, ...tables);
  for (const { name } of found) db.exec(`drop ${kind} ${name}`);
  return found.map(({ sql }) => sql);
}

/** Its triggers run once per statement instead of per row, so they stay. */
async function postgresFilling<Name extends string>(
  url: string,
  columns: Columns<Name>,
): Promise<Filling<Name>> {
  const client = new pg.Client(url);
  await client.connect();
  const tables = Object.keys(columns) as Name[];
  // Building them at once takes less than half the time. Those of constraints stay.
  const { rows: indexes } = await client.query<{ name: string; sql: string }>(
    `select indexname as name, indexdef as sql from pg_indexes
     where tablename = any($1) and not exists (select from pg_constraint where conname = indexname)`,
    [tables],
  );
  for (const { name } of indexes) await client.query(`drop index ${name}`);
  return {
    async add(all) {
      await client.query('begin');
      for (const table of tables) {
        const { names, types } = columns[table];
        const rows = all.flatMap((one) => one[table]);
        const lists = types.split(' ').map((type, at) => `$${at + 1}::${type}[]`);
        const values = lists.map((_, at) => rows.map((row) => row[at]));
        const sql = `insert into ${table} (${names.split(' ')}) select * from unnest(${lists})`;
        if (rows.length > 0) await client.query(sql, values);
      }
      await client.query('commit');
    },
    async end(...statements) {
      await client.query("set maintenance_work_mem = '512MB'");
      for (const { sql } of indexes) await client.query(sql);
      for (const statement of statements) await client.query(statement);
      await client.query('vacuum analyze');
      await client.end();
    },
  };
}
