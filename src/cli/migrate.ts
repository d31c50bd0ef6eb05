import { parseConfig } from '../core/config/config.ts';
import { type Io, linesTo } from './io.ts';
import { openMigrated } from './open-database.ts';

/** Migrates the schema and prints what was applied. Rejects with StartError. */
export async function migrateDatabase(io: Io): Promise<void> {
  const config = parseConfig(io.env);
  const named = { url: config.databaseUrl, setting: 'DATABASE_URL' };
  const { database, applied } = await openMigrated(named, linesTo(io.stderr));
  await database.close();
  for (const name of applied) io.stdout.write(`Applied ${name}\n`);
  io.stdout.write('The database is up to date\n');
}
