import pg from 'pg';
import { SQLite } from './sqlite/driver.ts';

/** A row of a table that isn't Keywright's. */
export type ForeignRow = Readonly<Record<string, unknown>>;

/** A table of another product's database, read once and as of one moment. */
export interface ForeignTable {
  readonly rows: AsyncIterable<ForeignRow>;
  readonly count: number;
  close(): Promise<void>;
}

const FETCHED = 1_000;

const CONNECT_TIMEOUT_MS = 10_000;

/** Opens a table of an SQLite file, which is not changed. Rejects if there is no such file or table. */
export async function openSqliteTable(path: string, table: string): Promise<ForeignTable> {
  const connection = new SQLite(path, { readonly: true, fileMustExist: true });
  try {
    connection.pragma('trusted_schema = OFF');
    const name = `"${table.replaceAll('"', '""')}"`;
    const count = connection.prepare<[], number>(`select count(*) from ${name}`).pluck().get() ?? 0;
    const statement = connection.prepare<[], ForeignRow>(`select * from ${name} order by rowid`);
    async function* rows(): AsyncGenerator<ForeignRow> {
      yield* statement.iterate();
    }
    return { rows: rows(), count, close: async () => void connection.close() };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Opens a table in the default schema of a PostgreSQL database. Rejects if it can't be read. */
export async function openPostgresTable(url: string, table: string): Promise<ForeignTable> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // Reported by the statement that was running.
  client.on('error', () => {});
  await client.connect();
  try {
    const name = pg.escapeIdentifier(table);
    await client.query('begin isolation level repeatable read read only');
    const counted = await client.query<{ count: string }>(`select count(*) from ${name}`);
    await client.query(`declare rows no scroll cursor for select * from ${name}`);
    async function* rows(): AsyncGenerator<ForeignRow> {
      for (;;) {
        const fetched = await client.query<ForeignRow>(`fetch ${FETCHED} from rows`);
        yield* fetched.rows;
        if (fetched.rows.length < FETCHED) return;
      }
    }
    return { rows: rows(), count: Number(counted.rows[0]?.count ?? 0), close: () => client.end() };
  } catch (error) {
    await client.end();
    throw error;
  }
}
