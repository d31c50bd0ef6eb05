import type { Context } from '../context.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Verifications of an organization's keys in the last 24 hours, in whole minutes, unwritten ones included. */
export async function usageLastDay(
  ctx: Context,
  organizationId: string,
): Promise<{ verified: number; denied: number }> {
  await ctx.usage.flush();
  const now = ctx.clock.now();
  const from = Math.floor((now - DAY_MS) / MINUTE_MS) * MINUTE_MS;
  const sums = await ctx.db
    .selectFrom('api_key_usage_buckets')
    .select((eb) => [eb.fn.sum<number>('verified').as('verified'), eb.fn.sum<number>('denied').as('denied')])
    .where('organization_id', '=', organizationId)
    .where('granularity', '=', 'minute')
    .where('start', '>', from)
    .executeTakeFirstOrThrow();
  return { verified: Number(sums.verified ?? 0), denied: Number(sums.denied ?? 0) };
}
