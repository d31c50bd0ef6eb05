import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables.ts';

/** How many keys of the organization are active at this time: neither revoked nor disabled nor expired. */
export async function countActiveApiKeys(
  db: Kysely<Tables>,
  organizationId: string,
  now: number,
): Promise<number> {
  return (await countActiveApiKeysOf(db, [organizationId], now)).get(organizationId) ?? 0;
}

/** The same for several organizations at once; one without active keys is left out. */
export async function countActiveApiKeysOf(
  db: Kysely<Tables>,
  organizationIds: readonly string[],
  now: number,
): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('api_keys')
    .select((eb) => ['organization_id', eb.fn.countAll<number>().as('active')])
    .where('organization_id', 'in', organizationIds)
    .where('revoked_at', 'is', null)
    .where('enabled', '=', 1)
    .where('expires_at', '>', now)
    .groupBy('organization_id')
    .execute();
  return new Map(rows.map((row) => [row.organization_id, Number(row.active)]));
}
