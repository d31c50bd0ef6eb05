import { flushUsage } from '../keys/flush-usage.ts';
import { locateApiKey } from '../keys/locate-api-key.ts';
import type { KeysContext } from '../keys/pending-usage.ts';
import { readRange, type UsageBucket, type UsageRange } from './usage-range.ts';

/** Maximum number of buckets in a report that is read in one go. */
const SHORT_MAX = 100;

/**
 * How often a key was presented: non-empty buckets, earliest first, including unwritten usage. Requires
 * `api.key.view`. Rejects with NotFoundError, or BAD_USER_INPUT for more than 1,000 buckets or a range that ends
 * before it begins.
 */
export async function usageOf(ctx: KeysContext, keyId: string, range: UsageRange): Promise<UsageBucket[]> {
  const { organizationId } = await locateApiKey(ctx, keyId, 'api.key.view');
  const { granularity, from, to, stretches } = readRange(range, ctx.clock.now());
  await flushUsage(ctx);
  const isShort = stretches <= SHORT_MAX;
  const db = isShort ? ctx.db : await ctx.scans.reader(ctx.db, 'api_key_usage_buckets', organizationId);
  return db
    .selectFrom('api_key_usage_buckets')
    .select(['start', 'verified', 'denied'])
    .where('api_key_id', '=', keyId)
    .where('granularity', '=', granularity)
    .where('start', '>=', from)
    .where('start', '<', to)
    .orderBy('start')
    .execute();
}
