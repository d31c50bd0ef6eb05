import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';

/** Those of up to a few hundred secrets that are accepted, apart from checks that depend on the client. */
export async function stillValidSecrets(
  db: Kysely<Tables>,
  now: number,
  ids: readonly string[],
): Promise<string[]> {
  const rows = await db
    .selectFrom('api_key_secrets')
    .innerJoin('api_keys', 'api_keys.id', 'api_key_secrets.api_key_id')
    .select('api_key_secrets.id')
    .where('api_key_secrets.id', 'in', ids)
    .where('api_key_secrets.revoked_at', 'is', null)
    .where('api_key_secrets.expires_at', '>', now)
    .where('api_keys.revoked_at', 'is', null)
    .where('api_keys.expires_at', '>', now)
    .where('api_keys.enabled', '=', 1)
    .execute();
  return rows.map((row) => row.id);
}
