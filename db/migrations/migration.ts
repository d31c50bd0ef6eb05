import { setTimeout as pause } from 'node:timers/promises';
import { type Kysely, PostgresAdapter, sql } from 'kysely';

/** Reports a migration's progress in one line, mostly for large amounts of data. */
export type Progress = (line: string) => void;

/** One step of the schema. Never edited once released. */
export interface Migration {
  /** Describes it to operators while it runs, such as `Indexes API keys by name`. */
  readonly title?: string;
  /**
   * Runs outside a transaction, so that no lock is held for longer than one of its statements: servers of the previous
   * release continue to write in between. `up` may be repeated from the start after a crash.
   */
  readonly apart?: boolean;
  up(db: Kysely<unknown>, progress?: Progress): Promise<void>;
}

/** An index to build. */
export interface Index {
  readonly name: string;
  readonly on: string;
  /** As SQL: columns and expressions with their order, such as `organization_id, lower(name), id desc`. */
  readonly columns: string;
  /** As SQL: condition of the indexed rows. Omitted: all. */
  readonly where?: string;
  /** Whether two rows can't have the same values. */
  readonly unique?: boolean;
  /** On PostgreSQL: its access method, such as `gin`. Omitted: `btree`. */
  readonly using?: string;
}

/**
 * Pause between two builds for the other processes that wait for the file, milliseconds. They retry every 25
 * milliseconds.
 */
const BREATH_MS = 100;

/** For `up` of a migration with `apart`, on SQLite: lets other writers proceed that wait for the file. */
export async function breathe(): Promise<void> {
  await pause(BREATH_MS);
}

/**
 * Builds an index while servers continue to work, for `up` of a migration with `apart`: on PostgreSQL concurrently, on
 * SQLite in a separate transaction, after which waiting writers proceed. Does nothing if the index exists. Rebuilds an
 * index that was left incomplete by a crash.
 */
export async function createIndex(db: Kysely<unknown>, index: Index, progress?: Progress): Promise<void> {
  const postgres = db.getExecutor().adapter instanceof PostgresAdapter;
  if (postgres && (await isInvalid(db, index.name)))
    await sql`drop index concurrently if exists ${sql.id(index.name)}`.execute(db);
  progress?.(`index ${index.name} on ${index.on}`);
  const concurrently = sql.raw(postgres ? 'concurrently ' : '');
  const using = sql.raw(postgres && index.using ? ` using ${index.using}` : '');
  const where = sql.raw(index.where ? ` where ${index.where}` : '');
  const unique = sql.raw(index.unique ? 'unique ' : '');
  await sql`create ${unique}index ${concurrently}if not exists ${sql.id(index.name)} on ${sql.table(index.on)}${using} (${sql.raw(index.columns)})${where}`.execute(
    db,
  );
  if (!postgres) await breathe();
}

/** The same for several indexes, one after the other. */
export async function createIndexes(
  db: Kysely<unknown>,
  indexes: readonly Index[],
  progress?: Progress,
): Promise<void> {
  for (const index of indexes) await createIndex(db, index, progress);
}

/** Whether PostgreSQL started to build an index of this name and did not finish. */
async function isInvalid(db: Kysely<unknown>, name: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from pg_index inner join pg_class on pg_class.oid = pg_index.indexrelid
    where pg_class.relname = ${name} and pg_class.relnamespace = current_schema()::regnamespace
      and not pg_index.indisvalid
  `.execute(db);
  return rows.length > 0;
}
