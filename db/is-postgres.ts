import { type Kysely, PostgresAdapter } from 'kysely';
import type { Tables } from './tables/tables.ts';

/** Whether the database is PostgreSQL instead of SQLite. */
export function isPostgres(db: Kysely<Tables>): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter;
}
