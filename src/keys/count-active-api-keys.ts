import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables.ts';

/** How many keys of the organization are active at this time: neither revoked nor disabled nor expired. */
export async function countActiveApiKeys(
  db: Kysely<Tables>,
  organizationId: string,
  now: number,
): Promise<number> {
  const { active } = await db
    .selectFrom('api_keys')
    .select((eb) => eb.fn.countAll<number>().as('active'))
    .where('organization_id', '=', organizationId)
    .where('revoked_at', 'is', null)
    .where('enabled', '=', 1)
    .where('expires_at', '>', now)
    .executeTakeFirstOrThrow();
  return Number(active);
}
