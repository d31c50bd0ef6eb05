import { setTimeout as pause } from 'node:timers/promises';
import { type Kysely, Migrator, sql } from 'kysely';
import type { Database } from './database.ts';
import { DatabaseForeignError, DatabaseTooNewError } from './database-errors.ts';
import { migrations } from './migrations/index.ts';
import type { Migration, Progress } from './migrations/migration.ts';
import { TABLE_NAMES } from './tables/table-keys.ts';
import type { Tables } from './tables/tables.ts';
import { unhurriedly } from './unhurried.ts';

/** Names of the migrations that were applied, oldest first. Empty if the database was up to date. */
export interface MigrationResult {
  readonly applied: readonly string[];
}

/** How often a process checks whether another one has finished its migrations, milliseconds. */
const LOOK_MS = 100;

/**
 * Held on PostgreSQL while migrations run. No one waits for it within a statement, because building an index would wait
 * for that statement.
 */
const LOCK = 4_812_275_530_664_201n;

/**
 * Applies pending migrations one by one. `progress` is notified of each, except in an empty database. Runs under a
 * lock: of several starting processes, one migrates and the others wait. Rejects with DatabaseTooNewError if the
 * database has unknown migrations, and with DatabaseForeignError if it belongs to another program; nothing is changed
 * then.
 */
export async function migrate(
  { kysely, engine }: Database,
  progress: Progress = () => {},
  all: Readonly<Record<string, Migration>> = migrations,
): Promise<MigrationResult> {
  const run = { engine, all, progress };
  const missing = await pending(kysely, run);
  // Without a lock, so that a program can start while another one writes.
  if (missing.length === 0) return { applied: [] };
  const reported = missing.length === Object.keys(all).length ? { ...run, progress: () => {} } : run;
  return engine === 'postgres'
    ? unhurriedly(() => kysely.connection().execute((connection) => runUnhurried(connection, reported)))
    : runAll(kysely, reported);
}

/**
 * Why this program can't serve the database in its current state, or null. A database that is already being served
 * (`served`) may have become newer: migrations keep the previous release working. Only reads.
 */
export async function migrationProblem(
  database: Database,
  { served = false }: { readonly served?: boolean } = {},
): Promise<string | null> {
  const done = await executed(database.kysely);
  const unknown = served ? undefined : done.find((name) => !(name in migrations));
  if (unknown) return `the database is newer than this program (it has the migration ${unknown})`;
  const missing = Object.keys(migrations).find((name) => !done.includes(name));
  return missing ? `the migration ${missing} has not run` : null;
}

/** The migration being run and its target. */
interface Run {
  readonly engine: Database['engine'];
  readonly all: Readonly<Record<string, Migration>>;
  readonly progress: Progress;
}

/**
 * A migration of much data, or waiting for another process's migrations, may take longer than a request's statement.
 */
async function runUnhurried(connection: Kysely<Tables>, run: Run): Promise<MigrationResult> {
  await sql`set statement_timeout = 0`.execute(connection);
  try {
    while (!(await isOurTurn(connection))) await pause(LOOK_MS);
    const result = await runAll(connection, run);
    if (result.applied.length > 0) await analyze(connection, run.progress);
    return result;
  } finally {
    await restore(connection);
  }
}

/** If the connection is lost, so are the lock and the setting. Report the error that lost it. */
async function restore(connection: Kysely<Tables>): Promise<void> {
  try {
    await sql`select pg_advisory_unlock(${LOCK})`.execute(connection);
    await sql`reset statement_timeout`.execute(connection);
  } catch {}
}

/** Runs ANALYZE: without statistics on new columns, expressions and rows, PostgreSQL may not use their indexes. */
export async function analyze(connection: Kysely<Tables>, progress: Progress): Promise<void> {
  progress('Collecting statistics of the tables');
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class
    where relkind = 'r' and relnamespace = current_schema()::regnamespace and relname = any(${[...TABLE_NAMES]})
  `.execute(connection);
  for (const { name } of rows) await sql`analyze ${sql.table(name)}`.execute(connection);
}

async function isOurTurn(connection: Kysely<Tables>): Promise<boolean> {
  const { rows } = await sql<{ ours: boolean }>`select pg_try_advisory_lock(${LOCK}) as ours`.execute(
    connection,
  );
  return rows[0]?.ours === true;
}

/** One by one, each with its own lock, so that waiting servers proceed in between. */
async function runAll(kysely: Kysely<Tables>, run: Run): Promise<MigrationResult> {
  const applied: string[] = [];
  for (;;) {
    const [name] = await pending(kysely, run);
    if (name === undefined) return { applied };
    if (await runOne(kysely, run, name)) applied.push(name);
  }
}

/** Returns whether it was applied here, and not by another process in the meantime. */
async function runOne(kysely: Kysely<Tables>, { all, progress }: Run, name: string): Promise<boolean> {
  const { title, apart = false } = all[name] ?? {};
  const tell = (line: string): void => progress(`Migration ${name}: ${line}`);
  tell(title ?? 'changes the schema');
  const provider = { getMigrations: async () => bound(all, tell) };
  const migrator = new Migrator({ db: kysely, provider, disableTransactions: apart });
  const { error, results = [] } = await migrator.migrateTo(name);
  if (!error) return results.length > 0;
  const isDone = await executed(kysely).then(
    (done) => done.includes(name),
    () => false,
  );
  if (isDone) return false;
  throw error;
}

/** The migrations as Kysely runs them. */
function bound(all: Run['all'], tell: Progress) {
  return Object.fromEntries(
    Object.entries(all).map(([name, migration]) => [
      name,
      { up: (db: Kysely<unknown>) => migration.up(db, tell) },
    ]),
  );
}

/** Names of the pending migrations, oldest first. */
async function pending(kysely: Kysely<Tables>, { engine, all }: Run): Promise<string[]> {
  const done = await executed(kysely);
  if (!done.some((name) => name in all)) await refuseForeign(kysely, engine, done);
  const unknown = done.find((name) => !(name in all));
  if (unknown) throw new DatabaseTooNewError(unknown);
  return Object.keys(all).filter((name) => !done.includes(name));
}

/**
 * Checks that a database without migrations of Keywright is free. A PostgreSQL schema may contain an extension's
 * tables, or others without conflicting names. A SQLite file was already checked when it was opened.
 */
async function refuseForeign(
  kysely: Kysely<Tables>,
  engine: Database['engine'],
  done: readonly string[],
): Promise<void> {
  if (done.length > 0) throw new DatabaseForeignError('kysely_migration');
  if (engine === 'sqlite') return;
  const tables = await kysely.introspection.getTables();
  const { rows } = await sql<{ name: string | null }>`select current_schema() as name`.execute(kysely);
  const foreign = tables.find(({ name, schema }) => schema === rows[0]?.name && TABLE_NAMES.has(name));
  if (foreign) throw new DatabaseForeignError(foreign.name);
}

async function executed(kysely: Kysely<Tables>): Promise<string[]> {
  const tables = await kysely.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === 'kysely_migration')) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(
    kysely,
  );
  return rows.map((row) => row.name);
}
