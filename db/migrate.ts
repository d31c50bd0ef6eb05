import { type Kysely, Migrator, sql } from 'kysely';
import type { Database } from './database.ts';
import { migrations } from './migrations/index.ts';
import type { Tables } from './tables.ts';

/** The database was last migrated by a newer program than this one. */
export class DatabaseTooNewError extends Error {
  override name = 'DatabaseTooNewError';
}

/** What a migration run did: the names of the migrations it applied, oldest first; none where all was current. */
export interface MigrationResult {
  readonly applied: readonly string[];
}

/**
 * Brings the tables up to date. Runs under a lock, so that of several processes that start at once one migrates and the
 * others wait. Rejects with DatabaseTooNewError where the database knows migrations that this program does not.
 */
export async function migrate(database: Database): Promise<MigrationResult> {
  return database.engine === 'postgres'
    ? database.kysely.connection().execute(runUnhurried)
    : run(database.kysely);
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
    return await run(connection);
  } finally {
    await sql`reset statement_timeout`.execute(connection);
  }
}

async function run(kysely: Kysely<Tables>): Promise<MigrationResult> {
  const done = await executed(kysely);
  const unknown = done.find((name) => !(name in migrations));
  if (unknown) {
    throw new DatabaseTooNewError(
      `The database is newer than this program (it has the migration ${unknown}); start the version that made it, or a later one`,
    );
  }
  // Without any lock, so that a program starts while another writes.
  if (Object.keys(migrations).every((name) => done.includes(name))) return { applied: [] };
  const migrator = new Migrator({ db: kysely, provider: { getMigrations: async () => migrations } });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error) throw error;
  return { applied: results.map((result) => result.migrationName) };
}

async function executed(kysely: Kysely<Tables>): Promise<string[]> {
  const tables = await kysely.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === 'kysely_migration')) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(
    kysely,
  );
  return rows.map((row) => row.name);
}
