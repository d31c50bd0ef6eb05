import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { isInScope, type KeyScope, keyScopeOf } from '../access/key-scope.ts';
import { requireOrganization } from '../access/require-organization.ts';
import { flushUsage } from '../keys/flush-usage.ts';
import type { KeysContext } from '../keys/pending-usage.ts';
import { GRANULARITIES } from './granularity.ts';
import { readRange, type UsageBounds, type UsageBucket, type UsageRange } from './usage-range.ts';

interface Sums {
  readonly start: number | string;
  readonly verified: number | string;
  readonly denied: number | string;
}

/**
 * How often the organization's keys that are visible to the caller were presented: non-empty buckets, earliest first,
 * including unwritten usage. Callers who see all keys get stored sums; for others, the buckets of their keys are added
 * up within the time limit of scans. Requires `api.key.view`. Rejects with NotFoundError, or BAD_USER_INPUT for more
 * than 1,000 buckets or a range that ends before it begins.
 */
export async function usageOfOrganization(
  ctx: KeysContext,
  organizationId: string,
  range: UsageRange,
): Promise<UsageBucket[]> {
  await requireOrganization(ctx, organizationId, 'api.key.view');
  const bounds = readRange(range, ctx.clock.now());
  await flushUsage(ctx);
  const scope = keyScopeOf(ctx);
  const { rows } = scope
    ? await sumsOfKeys(
        await ctx.scans.reader(ctx.db, 'api_key_usage_buckets', organizationId),
        organizationId,
        bounds,
        scope,
      )
    : await storedSums(ctx.db, organizationId, bounds);
  return rows.map(({ start, verified, denied }) => ({
    start: Number(start),
    verified: Number(verified),
    denied: Number(denied),
  }));
}

/** A verification of an organization is counted by hour, and later by day: never in both. See `prune.ts`. */
function storedSums(
  db: Kysely<Tables>,
  organizationId: string,
  { granularity, from, to }: UsageBounds,
): Promise<{ rows: Sums[] }> {
  const length = sql.lit(GRANULARITIES[granularity].length);
  const stored = granularity === 'day' ? sql`('hour', 'day')` : sql`(${granularity})`;
  // Whole days: `to` may be within the last one.
  const end =
    granularity === 'day' ? Math.ceil(to / GRANULARITIES.day.length) * GRANULARITIES.day.length : to;
  return sql<Sums>`
    select start - start % ${length} as start, sum(verified) as verified, sum(denied) as denied
    from organization_usage_buckets
    where organization_id = ${organizationId} and granularity in ${stored} and start >= ${from} and start < ${end}
    group by 1 order by 1
  `.execute(db);
}

function sumsOfKeys(
  db: Kysely<Tables>,
  organizationId: string,
  { granularity, from, to }: UsageBounds,
  scope: KeyScope,
): Promise<{ rows: Sums[] }> {
  return sql<Sums>`
    select start, sum(verified) as verified, sum(denied) as denied from api_key_usage_buckets
    where organization_id = ${organizationId} and granularity = ${granularity} and start >= ${from} and start < ${to}
      and ${isInScope(scope, 'api_key_id')}
    group by start order by start
  `.execute(db);
}
