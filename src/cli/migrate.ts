import { migrate } from '../../db/migrate.ts';
import { openDatabase } from '../../db/open.ts';
import { parseConfig } from '../core/config.ts';
import type { Io } from './io.ts';

/** Brings the schema up to date, and says what it did. Rejects with DatabaseTooNewError. */
export async function migrateDatabase(io: Io): Promise<void> {
  const config = parseConfig(io.env);
  const database = await openDatabase(config.databaseUrl);
  try {
    const { applied } = await migrate(database);
    for (const name of applied) io.stdout.write(`Applied ${name}\n`);
    io.stdout.write('The database is up to date\n');
  } finally {
    await database.close();
  }
}
