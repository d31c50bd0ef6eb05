import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { authorize } from '../access/authorize.ts';
import { isInScope, keyScopeOf } from '../access/key-scope.ts';
import { flushUsage } from '../keys/flush-usage.ts';
import type { KeysContext } from '../keys/pending-usage.ts';
import { GRANULARITIES, startOf } from './granularity.ts';

/**
 * Verifications of the organization's keys that are visible to the caller, in the last 24 hours, in whole minutes,
 * including unwritten ones. Requires `api.key.view`.
 */
export async function usageLastDay(
  ctx: KeysContext,
  organizationId: string,
): Promise<{ verified: number; denied: number }> {
  authorize(ctx, organizationId, 'api.key.view');
  await flushUsage(ctx);
  const scope = keyScopeOf(ctx);
  const now = ctx.clock.now();
  if (!scope) return sumOf(bucketsIn(ctx.db, 'organization_usage_buckets', organizationId, now));
  const db = await ctx.scans.reader(ctx.db, 'api_key_usage_buckets', organizationId);
  const own = bucketsIn(db, 'api_key_usage_buckets', organizationId, now);
  return sumOf(own.where(isInScope(scope, 'api_key_id')));
}

/** Minutes up to the first full hour, then hours: a sixtieth of the rows. */
function bucketsIn(
  db: Kysely<Tables>,
  table: 'organization_usage_buckets' | 'api_key_usage_buckets',
  organizationId: string,
  now: number,
) {
  const { minute, hour, day } = GRANULARITIES;
  const from = startOf('minute', now - day.length) + minute.length;
  const wholeHours = startOf('hour', from - 1) + hour.length;
  return db
    .selectFrom(table)
    .select((eb) => [eb.fn.sum<number>('verified').as('verified'), eb.fn.sum<number>('denied').as('denied')])
    .where('organization_id', '=', organizationId)
    .where((eb) =>
      eb.or([
        eb.and([eb('granularity', '=', 'minute'), eb('start', '>=', from), eb('start', '<', wholeHours)]),
        eb.and([eb('granularity', '=', 'hour'), eb('start', '>=', wholeHours)]),
      ]),
    );
}

async function sumOf(query: ReturnType<typeof bucketsIn>): Promise<{ verified: number; denied: number }> {
  const sums = await query.executeTakeFirstOrThrow();
  return { verified: Number(sums.verified ?? 0), denied: Number(sums.denied ?? 0) };
}
