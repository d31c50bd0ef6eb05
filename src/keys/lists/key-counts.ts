import { type Kysely, type SqlBool, sql } from 'kysely';
import type { Tables } from '../../../db/tables/tables.ts';

/** Number of keys of an organization by status. */
export interface KeyCounts {
  readonly active: number;
  readonly disabled: number;
  readonly expired: number;
  readonly revoked: number;
  /** Active keys whose expiry is recorded: the clock was set back, or another server's clock is ahead. */
  readonly early: number;
}

/** The stored counts, then the keys whose expiry is recorded later or earlier than this time. */
type Part = 'open' | 'expired' | 'disabled' | 'revoked' | 'late' | 'early';

const NO_KEYS = { open: 0, expired: 0, disabled: 0, revoked: 0, late: 0, early: 0 };

/** Matches the partial indexes: neither revoked nor disabled, and no expiry recorded. */
export const IS_OPEN = sql<SqlBool>`${sql.ref('api_keys.revoked_at')} is null and ${sql.ref('api_keys.enabled')} = 1
  and ${sql.ref('api_keys.expiry_recorded_at')} is null`;

/** Prevents indexes by organization: the time of the record leads to fewer keys. */
const ANY_INDEX = sql<string>`organization_id || ''`;

/**
 * Number of keys of each organization by status at this time. Exact at any size: reads stored counts, and corrects
 * them by the few keys whose expiry is not yet recorded.
 */
export async function countKeys(
  db: Kysely<Tables>,
  organizationIds: readonly string[],
  now: number,
): Promise<Map<string, KeyCounts>> {
  if (organizationIds.length === 0) return new Map();
  // One statement, so that no change can occur in between.
  const rows = await db
    .selectFrom('api_key_counts')
    .select(({ fn }) => ['organization_id', sql<Part>`state`.as('part'), fn.sum('keys').as('keys')])
    .where('organization_id', 'in', organizationIds)
    .groupBy(['organization_id', 'state'])
    .unionAll(
      db
        .selectFrom('api_keys')
        .select(({ fn }) => ['organization_id', sql<Part>`'late'`.as('part'), fn.countAll().as('keys')])
        .where('organization_id', 'in', organizationIds)
        .where(IS_OPEN)
        .where('expires_at', '<=', now)
        .groupBy('organization_id'),
    )
    .unionAll(
      db
        .selectFrom('api_keys')
        .select(({ fn }) => [
          ANY_INDEX.as('organization_id'),
          sql<Part>`'early'`.as('part'),
          fn.countAll().as('keys'),
        ])
        .where('expiry_recorded_at', '>', now)
        .where('expires_at', '>', now)
        .where('revoked_at', 'is', null)
        .where('enabled', '=', 1)
        .where(ANY_INDEX, 'in', organizationIds)
        .groupBy(ANY_INDEX),
    )
    .execute();
  const parts = new Map<string, Record<Part, number>>(organizationIds.map((id) => [id, { ...NO_KEYS }]));
  for (const { organization_id, part, keys } of rows) {
    const found = parts.get(organization_id);
    if (found) found[part] = Number(keys);
  }
  return new Map([...parts].map(([id, found]) => [id, countsOf(found)]));
}

function countsOf({ open, expired, disabled, revoked, late, early }: Record<Part, number>): KeyCounts {
  return { active: open - late + early, disabled, expired: expired + late - early, revoked, early };
}

/** Number of keys of the organization that are active at this time: neither revoked nor disabled nor expired. */
export async function countActiveApiKeys(
  db: Kysely<Tables>,
  organizationId: string,
  now: number,
): Promise<number> {
  return (await countKeys(db, [organizationId], now)).get(organizationId)?.active ?? 0;
}
