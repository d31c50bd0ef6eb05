import { sql } from 'kysely';
import { isInScope, keyScopeOf } from '../access/key-scope.ts';
import { requireOrganization } from '../access/require-organization.ts';
import { AppError } from '../core/errors.ts';
import { flushUsage } from '../keys/flush-usage.ts';
import type { KeysContext } from '../keys/pending-usage.ts';
import { GRANULARITIES, startOf } from './granularity.ts';

/** How often a key was presented in a time range. */
export interface KeyTotal {
  readonly keyId: string;
  /** Accepted verifications. */
  readonly verified: number;
  /** Denied verifications. */
  readonly denied: number;
}

/** Arguments of `topApiKeys`. The range is in whole hours: those that end after `from` and begin before `to`. */
export interface TopParams {
  /** Omitted: a day before `to`. */
  readonly from?: number | null | undefined;
  /** Omitted: now. */
  readonly to?: number | null | undefined;
  /** 0 to 100. Omitted: 10. */
  readonly first?: number | null | undefined;
}

const FIRST_DEFAULT = 10;
const FIRST_MAX = 100;

/** Longest range, milliseconds. A key has at most 146 buckets in it: whole days, and hours before and after them. */
const RANGE_MAX = 100 * GRANULARITIES.day.length;

/**
 * The most used keys that are visible to the caller, by accepted verifications, then by ID, including unwritten usage.
 * Keys without any verification in the range are omitted. Adds up the buckets of all used keys within the time limit of
 * scans. Requires `api.key.view`. Rejects with NotFoundError, or BAD_USER_INPUT for invalid arguments.
 */
export async function topApiKeys(
  ctx: KeysContext,
  organizationId: string,
  params: TopParams,
): Promise<KeyTotal[]> {
  await requireOrganization(ctx, organizationId, 'api.key.view');
  const first = params.first ?? FIRST_DEFAULT;
  if (first < 0 || first > FIRST_MAX)
    throw new AppError('BAD_USER_INPUT', `first must be a whole number from 0 to ${FIRST_MAX}`);
  const now = ctx.clock.now();
  const to = params.to ?? now + 1;
  const from = startOf('hour', params.from ?? to - GRANULARITIES.day.length);
  if (from > to) throw new AppError('BAD_USER_INPUT', 'from: must not be after to');
  if (to - from > RANGE_MAX) throw new AppError('BAD_USER_INPUT', 'from and to: at most 100 days apart');
  await flushUsage(ctx);
  const db = await ctx.scans.reader(ctx.db, 'api_key_usage_buckets', organizationId);
  const parts = partsOf(from, to, now).map(
    ([granularity, start, end]) => sql`granularity = ${granularity} and start >= ${start} and start < ${end}`,
  );
  const { rows } = await sql<{ api_key_id: string; verified: number | string; denied: number | string }>`
    select api_key_id, sum(verified) as verified, sum(denied) as denied from api_key_usage_buckets
    where organization_id = ${organizationId} and (${sql.join(parts, sql` or `)})
      and ${isInScope(keyScopeOf(ctx), 'api_key_id')}
    group by api_key_id order by 2 desc, 1 limit ${first}
  `.execute(db);
  return rows.map(({ api_key_id: keyId, verified, denied }) => ({
    keyId,
    verified: Number(verified),
    denied: Number(denied),
  }));
}

type Part = readonly ['hour' | 'day', start: number, end: number];

/** Whole days within the range, and hours before and after them. Only days where hours are no longer kept. */
function partsOf(from: number, to: number, now: number): Part[] {
  const day = GRANULARITIES.day.length;
  const firstDay = Math.ceil(from / day) * day;
  const lastDay = startOf('day', to);
  if (from < now - GRANULARITIES.hour.kept) return [['day', startOf('day', from), to]];
  if (firstDay >= lastDay) return [['hour', from, to]];
  return [
    ['hour', from, firstDay],
    ['day', firstDay, lastDay],
    ['hour', lastDay, to],
  ];
}
