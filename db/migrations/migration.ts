import { setTimeout as pause } from 'node:timers/promises';
import { type Kysely, PostgresAdapter, sql } from 'kysely';

/** Says what a migration does now, in one line: most matter only where there is much data. */
export type Progress = (line: string) => void;

/** One step of the schema. Once released, it is never edited. */
export interface Migration {
  /** What it does, as operators read it while it runs: `Indexes API keys by name`. */
  readonly title?: string;
  /**
   * Runs outside a transaction, so that no lock is held for longer than one of its statements takes: servers of the
   * release before go on writing in between. `up` may be repeated after a crash, from the start.
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
  /** As SQL: which rows it holds; left out: all. */
  readonly where?: string;
  /** On PostgreSQL: its access method, such as `gin`; left out: `btree`. */
  readonly using?: string;
}

/** So long nothing is built, milliseconds, where every other process waits for the one file: they look every 25. */
const BREATH_MS = 100;

/** For the `up` of a migration with `apart`, on SQLite: lets the writers have their turn that wait for the one file. */
export async function breathe(): Promise<void> {
  await pause(BREATH_MS);
}

/**
 * Builds an index beside servers that go on working, for the `up` of a migration with `apart`: on PostgreSQL
 * concurrently, on SQLite in a transaction of its own, after which waiting writers have their turn. Does nothing where it
 * is there; one that was left half-built by a crash is built anew.
 */
export async function createIndex(db: Kysely<unknown>, index: Index, progress?: Progress): Promise<void> {
  const postgres = db.getExecutor().adapter instanceof PostgresAdapter;
  if (postgres && (await isInvalid(db, index.name)))
    await sql`drop index concurrently if exists ${sql.id(index.name)}`.execute(db);
  progress?.(`index ${index.name} on ${index.on}`);
  const concurrently = sql.raw(postgres ? 'concurrently ' : '');
  const using = sql.raw(postgres && index.using ? ` using ${index.using}` : '');
  const where = sql.raw(index.where ? ` where ${index.where}` : '');
  await sql`create index ${concurrently}if not exists ${sql.id(index.name)} on ${sql.table(index.on)}${using} (${sql.raw(index.columns)})${where}`.execute(
    db,
  );
  if (!postgres) await breathe();
}

/** The same of several, one after the other. */
export async function createIndexes(
  db: Kysely<unknown>,
  indexes: readonly Index[],
  progress?: Progress,
): Promise<void> {
  for (const index of indexes) await createIndex(db, index, progress);
}

/** Whether PostgreSQL began to build an index of this name and did not get to the end. */
async function isInvalid(db: Kysely<unknown>, name: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from pg_index inner join pg_class on pg_class.oid = pg_index.indexrelid
    where pg_class.relname = ${name} and pg_class.relnamespace = current_schema()::regnamespace
      and not pg_index.indisvalid
  `.execute(db);
  return rows.length > 0;
}
