import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';

/** How often each key of an organization was used, as far as that is saved. */
export async function countedUses(
  kysely: Kysely<Tables>,
  organizationId: string,
): Promise<Map<string, number>> {
  const rows = await kysely
    .selectFrom('api_key_secret_usage as usage')
    .innerJoin('api_key_secrets as secret', 'secret.id', 'usage.secret_id')
    .innerJoin('api_keys as key', 'key.id', 'secret.api_key_id')
    .select(['secret.api_key_id', 'usage.uses'])
    .where('key.organization_id', '=', organizationId)
    .execute();
  return new Map(rows.map((row) => [row.api_key_id, row.uses]));
}
