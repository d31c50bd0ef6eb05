import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sql } from 'kysely';
import { type MigrationResult, migrate } from '../../db/migrate.ts';
import { type Database, type OpenOptions, openDatabase } from '../../db/open.ts';
import { databaseStartError } from '../../db/start-errors.ts';

/** A database URL and the setting or option that it came from. */
export interface NamedDatabase {
  readonly url: string;
  readonly setting: string;
}

/** Opens a database; the caller closes it. Rejects with StartError if it can't be used. */
export function open({ url, setting }: NamedDatabase, options: OpenOptions = {}): Promise<Database> {
  return explained({ url, setting }, () => openDatabase(url, options));
}

/** Opens a writable database and migrates it. `progress` is notified of steps that may take long. */
export async function openMigrated(
  named: NamedDatabase,
  progress: (line: string) => void,
  options: OpenOptions = {},
): Promise<MigrationResult & { readonly database: Database }> {
  const database = await open(named, options);
  try {
    const { applied } = await explained(named, async () => {
      await requireWritable(database, named.url);
      return migrate(database, progress);
    });
    return { database, applied };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/**
 * Checks without a lock. If there is nothing to migrate, the problem would otherwise only appear at the first change.
 */
async function requireWritable({ engine, kysely }: Database, url: string): Promise<void> {
  if (engine === 'sqlite') {
    const path = url.slice('sqlite:'.length);
    for (const one of [path, dirname(path)])
      await access(one, constants.W_OK).catch(readOnly('SQLITE_READONLY'));
    return;
  }
  const { rows } = await sql<{
    value: string;
  }>`select current_setting('transaction_read_only') as value`.execute(kysely);
  if (rows[0]?.value === 'on') readOnly('25006')();
}

/** Throws the error that the database would report at the first change. */
function readOnly(code: string): () => never {
  return () => {
    throw Object.assign(new Error('The database is read-only'), { code });
  };
}

/** Runs the first statement on a database, which fails if it can't be used. */
export async function explained<T>({ url, setting }: NamedDatabase, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw databaseStartError(error, setting, url);
  }
}
