import { parseConfig } from '../core/config.ts';
import type { Io } from './io.ts';
import { openMigrated } from './open-database.ts';

/** Brings the schema up to date, and says what it did. Rejects with StartError. */
export async function migrateDatabase(io: Io): Promise<void> {
  const config = parseConfig(io.env);
  const { database, applied } = await openMigrated({ url: config.databaseUrl, setting: 'DATABASE_URL' });
  await database.close();
  for (const name of applied) io.stdout.write(`Applied ${name}\n`);
  io.stdout.write('The database is up to date\n');
}
