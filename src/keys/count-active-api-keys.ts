import type { Kysely } from 'kysely';
import { byReader } from '../../db/scans.ts';
import type { Tables } from '../../db/tables.ts';
import type { Context } from '../context.ts';

/** How many keys of the organization are active at this time: neither revoked nor disabled nor expired. */
export async function countActiveApiKeys(
  db: Kysely<Tables>,
  organizationId: string,
  now: number,
): Promise<number> {
  return (await countOn(db, [organizationId], now)).get(organizationId) ?? 0;
}

/** The same for several organizations, outside a change; one without active keys is omitted. */
export async function countActiveApiKeysOf(
  ctx: Pick<Context, 'db' | 'scans' | 'clock'>,
  organizationIds: readonly string[],
): Promise<Map<string, number>> {
  const now = ctx.clock.now();
  const groups = await byReader(ctx, 'api_keys', organizationIds);
  const counts = await Promise.all([...groups].map(([db, ids]) => countOn(db, ids, now)));
  return new Map(counts.flatMap((found) => [...found]));
}

async function countOn(
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
