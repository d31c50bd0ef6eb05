import type { Kysely } from 'kysely';

/** Lets the expiry of each key and secret be recorded once. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of ['api_keys', 'api_key_secrets']) {
    await db.schema.alterTable(table).addColumn('expiry_recorded_at', 'bigint').execute();
    // What is recorded or revoked is no more looked at, however much of it there is.
    await db.schema
      .createIndex(`${table}_to_expire`)
      .on(table)
      .columns(['expiry_recorded_at', 'revoked_at', 'expires_at'])
      .execute();
  }
}
