import type { Kysely } from 'kysely';

/** Lets the expiry of each key and secret be recorded once. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of ['api_keys', 'api_key_secrets']) {
    await db.schema.alterTable(table).addColumn('expiry_recorded_at', 'bigint').execute();
    // Recorded and revoked rows are not in the index, however many there are.
    await db.schema
      .createIndex(`${table}_to_expire`)
      .on(table)
      .columns(['expiry_recorded_at', 'revoked_at', 'expires_at'])
      .execute();
  }
}
