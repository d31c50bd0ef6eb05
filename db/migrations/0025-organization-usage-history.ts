import { type Kysely, sql } from 'kysely';
import type { Progress } from './migration.ts';
import { breathe } from './migration.ts';

export const title = 'Sums up the earlier usage of each organization';

export const apart = true;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The migration 0013 has summed up so much; milliseconds. */
const SUMMED_MS = 2 * DAY_MS;

/**
 * Sums up the hours of organizations before those of 0013-organization-usage, and the days before the hours: what the
 * buckets of keys have and the sums lack, so that a second run adds nothing.
 */
export async function up(db: Kysely<unknown>, progress?: Progress): Promise<void> {
  const { rows } = await sql<{ timestamp: string }>`
    select timestamp from kysely_migration where name = '0013-organization-usage'`.execute(db);
  const end = (rows[0] ? Date.parse(rows[0].timestamp) : Date.now()) - SUMMED_MS + DAY_MS;
  for (const [granularity, length, stored] of [
    ['hour', HOUR_MS, sql`('hour')`],
    ['day', DAY_MS, sql`('hour', 'day')`],
  ] as const) {
    const { rows: first } = await sql<{ start: number | null }>`
      select min(start) as start from api_key_usage_buckets where granularity = ${granularity}`.execute(db);
    const from = Number(first[0]?.start ?? end);
    for (let start = from - (from % DAY_MS); start < end; start += DAY_MS) {
      const within = sql`start >= ${start} and start < ${start + DAY_MS}`;
      await sql`
        insert into organization_usage_buckets (organization_id, granularity, start, verified, denied)
        select organization_id, ${sql.lit(granularity)}, start, verified, denied from (
          select kept.organization_id, kept.start, kept.verified - coalesce(summed.verified, 0) as verified,
            kept.denied - coalesce(summed.denied, 0) as denied
          from (
            select organization_id, start, sum(verified) as verified, sum(denied) as denied
            from api_key_usage_buckets where granularity = ${granularity} and ${within} group by 1, 2
          ) as kept
          left join (
            select organization_id, start - start % ${sql.lit(length)} as start, sum(verified) as verified,
              sum(denied) as denied
            from organization_usage_buckets where granularity in ${stored} and ${within} group by 1, 2
          ) as summed on summed.organization_id = kept.organization_id and summed.start = kept.start
        ) as missing
        where verified >= 0 and denied >= 0 and verified + denied > 0
        on conflict (organization_id, granularity, start) do update set
          verified = organization_usage_buckets.verified + excluded.verified,
          denied = organization_usage_buckets.denied + excluded.denied
      `.execute(db);
      const days = Math.round((start - from) / DAY_MS);
      if (days > 0 && days % 30 === 0) progress?.(`${days} days summed up by ${granularity}`);
    }
    await breathe();
  }
}
