import { type Kysely, Migrator, sql } from 'kysely';
import type { Database } from './database.ts';
import { DatabaseForeignError, DatabaseTooNewError } from './database-errors.ts';
import { migrations } from './migrations/index.ts';
import { TABLE_NAMES, type Tables } from './tables.ts';

/** What a migration run did: the names of the migrations it applied, oldest first; none where all was current. */
export interface MigrationResult {
  readonly applied: readonly string[];
}

/**
 * Brings the tables up to date. Runs under a lock, so that of several processes that start at once one migrates and the
 * others wait. Rejects with DatabaseTooNewError where the database knows migrations that this program does not, and with
 * DatabaseForeignError where it is another program's; nothing is changed then.
 */
export async function migrate(database: Database): Promise<MigrationResult> {
  return database.engine === 'postgres'
    ? database.kysely.connection().execute(runUnhurried)
    : run(database.kysely, 'sqlite');
}

/**
 * Why the database can't be served by this program as it is, or null where it can. One that was served already may have
 * become newer meanwhile (`served`): a migration leaves the release before it working. Reads only.
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

/** A migration of much data, or the wait for another process's, may take longer than any statement of a request. */
async function runUnhurried(connection: Kysely<Tables>): Promise<MigrationResult> {
  await sql`set statement_timeout = 0`.execute(connection);
  try {
    return await run(connection, 'postgres');
  } finally {
    await sql`reset statement_timeout`.execute(connection);
  }
}

async function run(kysely: Kysely<Tables>, engine: Database['engine']): Promise<MigrationResult> {
  const done = await executed(kysely);
  if (!done.some((name) => name in migrations)) await refuseForeign(kysely, engine, done);
  const unknown = done.find((name) => !(name in migrations));
  if (unknown) throw new DatabaseTooNewError(unknown);
  // Without any lock, so that a program starts while another writes.
  if (Object.keys(migrations).every((name) => done.includes(name))) return { applied: [] };
  const migrator = new Migrator({ db: kysely, provider: { getMigrations: async () => migrations } });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error) throw error;
  return { applied: results.map((result) => result.migrationName) };
}

/**
 * Checks that a database in which nothing of ours was migrated is free for it. A schema of PostgreSQL may hold an
 * extension's tables, or others that don't get in the way; a file of SQLite was looked at when it was opened.
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
