import { type RawBuilder, sql } from 'kysely';
import { authorize, authorizeSomewhere } from '../access/authorize.ts';
import { keyScopeOf } from '../access/key-scope.ts';
import { NotFoundError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { keysInScope } from '../keys/api-key.ts';
import { flushUsage } from '../keys/flush-usage.ts';
import type { KeysContext } from '../keys/pending-usage.ts';
import { startOf } from './granularity.ts';
import { readRange, type UsageBounds, type UsageBucket, type UsageRange } from './usage-range.ts';

/**
 * How often a secret was presented: non-empty buckets, earliest first, including unwritten usage. Requires
 * `api.key.view`. Rejects with NotFoundError, or BAD_USER_INPUT for more than 1,000 buckets or a range that ends before
 * it begins.
 *
 * While a secret is the only current one of its key, its verifications are those of the key that no other secret has.
 * From its `counted_from`, when it was replaced, they are counted in buckets of its own.
 */
export async function usageOfSecret(
  ctx: KeysContext,
  secretId: string,
  range: UsageRange,
): Promise<UsageBucket[]> {
  const principal = authorizeSomewhere(ctx, 'api.key.view');
  const secret = isId('sec', secretId) ? await findSecret(ctx, secretId) : undefined;
  if (!secret || !principal.isOf(secret.organization_id)) throw new NotFoundError(secretId, 'secret');
  authorize(ctx, secret.organization_id, 'api.key.view');
  const bounds = readRange(range, ctx.clock.now());
  await flushUsage(ctx);
  const db = await ctx.scans.reader(ctx.db, 'api_key_usage_buckets', secret.organization_id);
  const { rows } = await sql<Record<keyof UsageBucket, number | string>>`
    select start, sum(verified) as verified, sum(denied) as denied
    from (${countsOf(secret, bounds)}) as counts group by start order by start
  `.execute(db);
  return rows
    .map(({ start, verified, denied }) => ({
      start: Number(start),
      verified: Math.max(0, Number(verified)),
      denied: Math.max(0, Number(denied)),
    }))
    .filter(({ verified, denied }) => verified + denied > 0);
}

function findSecret(ctx: KeysContext, id: string) {
  return keysInScope(ctx.db, keyScopeOf(ctx))
    .innerJoin('api_key_secrets', 'api_key_secrets.api_key_id', 'api_keys.id')
    .innerJoin('api_key_secret_usage', 'api_key_secret_usage.secret_id', 'api_key_secrets.id')
    .select([
      'api_keys.organization_id',
      'api_key_secrets.id',
      'api_key_secrets.api_key_id',
      'api_key_secrets.created_at',
      'api_key_secrets.replaced_at',
      'api_key_secret_usage.counted_from',
    ])
    .where('api_key_secrets.id', '=', id)
    .executeTakeFirst();
}

type FoundSecret = NonNullable<Awaited<ReturnType<typeof findSecret>>>;

/** The secret's own buckets from when it was counted, and before, those of its key without those of other secrets. */
function countsOf(secret: FoundSecret, { granularity, from, to }: UsageBounds): RawBuilder<unknown> {
  const { id, api_key_id: keyId, created_at: createdAt } = secret;
  const replacedAt = secret.replaced_at ?? Number.POSITIVE_INFINITY;
  const countedFrom = secret.counted_from ?? Number.POSITIVE_INFINITY;
  const currentFrom = Math.max(from, startOf(granularity, createdAt));
  const currentTo = Math.min(to, startOfOr(granularity, Math.min(replacedAt, countedFrom)));
  const ownFrom = Math.max(from, startOfOr(granularity, countedFrom));
  const counted = (table: 'api_key_usage_buckets' | 'api_key_secret_usage_buckets', sign: '' | '-') =>
    sql`select start, ${sql.raw(sign)}verified as verified, ${sql.raw(sign)}denied as denied from ${sql.table(table)}`;
  const within = (start: number, end: number) =>
    sql`granularity = ${granularity} and start >= ${start} and start < ${Math.max(start, end)}`;
  const others = sql`select id from api_key_secrets where api_key_id = ${keyId} and id <> ${id}`;
  const parts = [
    sql`${counted('api_key_usage_buckets', '')} where api_key_id = ${keyId} and ${within(currentFrom, currentTo)}`,
    sql`${counted('api_key_secret_usage_buckets', '-')}
      where secret_id in (${others}) and ${within(currentFrom, currentTo)}`,
  ];
  if (Number.isFinite(ownFrom))
    parts.push(
      sql`${counted('api_key_secret_usage_buckets', '')} where secret_id = ${id} and ${within(ownFrom, to)}`,
    );
  return sql.join(parts, sql` union all `);
}

/** The start of the bucket of a time, also of no time. */
function startOfOr(granularity: UsageBounds['granularity'], time: number): number {
  return Number.isFinite(time) ? startOf(granularity, time) : time;
}
