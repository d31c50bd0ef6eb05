import { type SelectQueryBuilder, sql } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { isInScope, keyScopeOf } from '../access/key-scope.ts';
import { requireOrganization } from '../access/require-organization.ts';
import { AppError } from '../core/errors.ts';
import { isProvided } from '../core/provided.ts';
import { flushUsage } from '../keys/flush-usage.ts';
import type { KeysContext } from '../keys/pending-usage.ts';
import { MORE } from '../usage/denial-groups.ts';
import { GRANULARITIES, type Granularity } from '../usage/granularity.ts';
import { readRange } from '../usage/usage-range.ts';
import { type DenialFilter, readDenialFilter } from './denial-filter.ts';

/** Number of denials with something in common, and when they began and ended, milliseconds since the epoch. */
export interface DenialCount<Value> {
  readonly value: Value;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** All denied verifications that match a filter. */
export interface DenialSummary {
  readonly count: number;
  /** Of these, those counted by code only, because there were too many. */
  readonly undetailed: number;
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  /** Non-empty intervals, earliest first. */
  readonly intervals: readonly { readonly start: number; readonly count: number }[];
  readonly codes: readonly DenialCount<string>[];
  /** The most denied ones. Null: unknown keys. */
  readonly keys: readonly DenialCount<string | null>[];
  readonly ips: readonly DenialCount<string>[];
  readonly keyCount: number;
  readonly ipCount: number;
  /** Keys whose last use in the range came from the filter's address, latest first. */
  readonly acceptedKeyIds: readonly string[];
}

/** Maximum number of keys, and of addresses. */
export const TOP_MAX = 20;

/** Maximum number of intervals. */
export const INTERVALS_MAX = 200;

type Query = SelectQueryBuilder<Tables, 'denials', object>;

/**
 * Adds up denied verifications of at most 200 intervals, including unwritten ones. The range begins with a whole
 * interval. A caller limited to teams gets those of visible keys. Requires `api.key.view`. Rejects with NotFoundError,
 * and with BAD_USER_INPUT for invalid arguments.
 */
export async function summarizeDenials(
  ctx: KeysContext,
  organizationId: string,
  filter: DenialFilter,
  granularity: Granularity,
): Promise<DenialSummary> {
  await requireOrganization(ctx, organizationId, 'api.key.view');
  const { apiKeyId, ip, codes } = readDenialFilter(filter);
  const { from, to, stretches } = readRange({ ...filter, granularity }, ctx.clock.now());
  if (stretches > INTERVALS_MAX)
    throw new AppError('BAD_USER_INPUT', `filter: at most ${INTERVALS_MAX} times a ${granularity}`);
  await flushUsage(ctx);
  const scope = keyScopeOf(ctx);
  const db = await ctx.scans.reader(ctx.db, 'denials', organizationId);
  let rows: Query = db
    .selectFrom('denials')
    .where('organization_id', '=', organizationId)
    .where('occurred_at', '>=', from)
    .where('occurred_at', '<', to);
  if (isProvided(apiKeyId)) rows = rows.where('api_key_id', '=', apiKeyId);
  if (ip !== null) rows = rows.where('ip', '=', ip);
  if (codes !== null) rows = rows.where('code', 'in', codes.length > 0 ? codes : ['']);
  if (scope) rows = rows.where(isInScope(scope, 'denials.api_key_id'));
  const detailed = rows.where('subject', '!=', MORE);
  const length = sql.lit(GRANULARITIES[granularity].length);
  const start = sql<number>`occurred_at - occurred_at % ${length}`;
  const sum = sql<number>`sum(count)`;
  const [whole] = await rows
    .select([
      sum.as('count'),
      sql<number>`min(occurred_at)`.as('first'),
      sql<number>`max(occurred_at)`.as('last'),
    ])
    .select(sql<number>`sum(case subject when ${MORE} then count else 0 end)`.as('more'))
    .select(sql<number>`count(distinct api_key_id)`.as('keys'))
    .select(sql<number>`count(distinct nullif(ip, ''))`.as('ips'))
    .execute();
  const intervals = await rows
    .select([start.as('start'), sum.as('count')])
    .groupBy(start)
    .orderBy(start)
    .execute();
  const top = async <Column extends 'code' | 'subject' | 'ip'>(query: Query, column: Column) => {
    const found = await query
      .select([sql<string>`${sql.ref(column)}`.as('value'), sum.as('count')])
      .select([sql<number>`min(occurred_at)`.as('first'), sql<number>`max(occurred_at)`.as('last')])
      .groupBy(column)
      .orderBy(sql`2`, 'desc')
      .orderBy(sql`1`)
      .limit(TOP_MAX)
      .execute();
    return found.map(({ value, count, first, last }) => ({
      ...{ value, count: Number(count), firstAt: Number(first), lastAt: Number(last) },
    }));
  };
  const keys = await top(detailed, 'subject');
  return {
    count: Number(whole?.count ?? 0),
    undetailed: Number(whole?.more ?? 0),
    firstAt: whole?.first ? Number(whole.first) : null,
    lastAt: whole?.last ? Number(whole.last) : null,
    intervals: intervals.map((one) => ({ start: Number(one.start), count: Number(one.count) })),
    codes: await top(rows, 'code'),
    keys: keys.map(({ value, ...rest }) => ({ ...rest, value: value === '' ? null : value })),
    ips: await top(detailed.where('ip', '!=', ''), 'ip'),
    keyCount: Number(whole?.keys ?? 0),
    ipCount: Number(whole?.ips ?? 0),
    acceptedKeyIds: ip === null ? [] : await acceptedFrom(ctx, organizationId, ip, { from, to }),
  };
}

/** Keys whose last use came from the address, in the range. Earlier uses from there are not stored. */
async function acceptedFrom(
  ctx: KeysContext,
  organizationId: string,
  ip: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<string[]> {
  const db = await ctx.scans.reader(ctx.db, 'api_key_usage', organizationId);
  const rows = await db
    .selectFrom('api_key_usage')
    .select('api_key_id')
    .where('organization_id', '=', organizationId)
    .where('last_used_at', '>=', from)
    .where('last_used_at', '<', to)
    .where('last_used_ip', '=', ip)
    .where(isInScope(keyScopeOf(ctx), 'api_key_usage.api_key_id'))
    .orderBy('last_used_at', 'desc')
    .limit(TOP_MAX)
    .execute();
  return rows.map(({ api_key_id }) => api_key_id);
}
