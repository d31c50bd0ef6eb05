import { type RawBuilder, sql, type Transaction } from 'kysely';
import { isPostgres } from '../../db/is-postgres.ts';
import type { Tables } from '../../db/tables/tables.ts';
import {
  addToBuckets,
  type BucketTable,
  KEY_BUCKETS,
  ORGANIZATION_BUCKETS,
  SECRET_BUCKETS,
} from './bucket-tables.ts';
import { GRANULARITIES, type Granularity } from './granularity.ts';

/**
 * Adds entries to the usage tables: last uses only move forward, counts are added, and keys and secrets that no longer
 * exist are skipped. `entries` is a query of `value` (an entry as JSON) and `place` (its order). The rows of keys are
 * locked in order first, so that two writers don't deadlock.
 */
export async function writeTables(tx: Transaction<Tables>, entries: RawBuilder<unknown>): Promise<void> {
  await lockKeys(tx, entries);
  // `->>`, and `column1` as the name of a column of `values`, mean the same on both engines.
  const elements = (index: number) =>
    sql.raw(
      isPostgres(tx)
        ? `json_array_elements(entries.value -> ${index})`
        : `jsonb_each(entries.value, '$[${index}]')`,
    );
  await sql`
    update api_key_usage set last_used_at = used.at, last_used_ip = used.ip
    from (
      select key_id, at, ip, row_number() over (partition by key_id order by at desc, place desc) as newest
      from (
        select value ->> 0 as key_id, cast(value ->> 2 as bigint) as at, value ->> 3 as ip, place
        from (${entries}) as entries
      ) as keys where at >= 0
    ) as used
    where used.newest = 1 and api_key_usage.api_key_id = used.key_id and api_key_usage.last_used_at <= used.at
  `.execute(tx);
  await sql`
    update api_key_secret_usage set
      uses = api_key_secret_usage.uses + used.uses,
      last_used_at = case when last_used_at < used.at then used.at else last_used_at end
    from (
      select secret.value ->> 0 as secret_id, max(cast(secret.value ->> 1 as bigint)) as at,
        cast(sum(cast(secret.value ->> 2 as bigint)) as bigint) as uses
      from (${entries}) as entries, ${elements(5)} as secret
      where cast(secret.value ->> 2 as bigint) > 0
      group by 1 order by 1
    ) as used
    where api_key_secret_usage.secret_id = used.secret_id
  `.execute(tx);
  // Not `exists`: PostgreSQL would plan a join over all keys, since it expects many rows from the JSON.
  const minutes = sql`
    select key_id as api_key_id, organization_id, start, verified, denied
    from (
      select entries.value ->> 0 as key_id, entries.value ->> 1 as organization_id,
        cast(minute.value ->> 0 as bigint) as start,
        sum(cast(minute.value ->> 1 as bigint)) as verified, sum(cast(minute.value ->> 2 as bigint)) as denied
      from (${entries}) as entries, ${elements(4)} as minute
      group by 1, 2, 3
    ) as counted
    where (select 1 from api_keys where api_keys.id = counted.key_id) = 1`;
  const each = sql.raw(isPostgres(tx) ? 'json_array_elements' : 'json_each');
  // A subquery as above. A secret that was presented alone has the minutes of its key.
  const secretMinutes = sql`
    select secrets.secret_id, cast(minute.value ->> 0 as bigint) as start,
      sum(cast(minute.value ->> 1 as bigint)) as verified, sum(cast(minute.value ->> 2 as bigint)) as denied
    from (
      select secret.value ->> 0 as secret_id, coalesce(secret.value -> 3, entries.value -> 4) as minutes
      from (${entries}) as entries, ${elements(5)} as secret
      where (select counted_from from api_key_secret_usage where secret_id = secret.value ->> 0) is not null
    ) as secrets, ${each}(secrets.minutes) as minute
    group by 1, 2`;
  const organizationMinutes = sql`
    select organization_id, start, verified, denied
    from (
      select entries.value ->> 1 as organization_id, cast(minute.value ->> 0 as bigint) as start,
        sum(cast(minute.value ->> 1 as bigint)) as verified, sum(cast(minute.value ->> 2 as bigint)) as denied
      from (${entries}) as entries, ${elements(4)} as minute
      group by 1, 2
    ) as counted
    where (select 1 from organizations where organizations.id = counted.organization_id) = 1`;
  await addMinutes(tx, KEY_BUCKETS, minutes);
  if (await hasCountedSecrets(tx)) await addMinutes(tx, SECRET_BUCKETS, secretMinutes);
  // The sums of organizations last: every server writes to the same few rows.
  await addMinutes(tx, ORGANIZATION_BUCKETS, organizationMinutes);
}

/** Adds counts of minutes, a query of owner, start, verified and denied, to the buckets that contain them. */
async function addMinutes(
  tx: Transaction<Tables>,
  buckets: BucketTable,
  minutes: RawBuilder<unknown>,
): Promise<void> {
  const owner = sql.join(buckets.owner.map((column) => sql.ref(column)));
  const groups = sql.raw([...buckets.owner, 'granularity', 'start'].map((_, index) => index + 1).join());
  await addToBuckets(
    tx,
    buckets,
    sql`
      select ${owner}, lengths.column1, minutes.start - minutes.start % lengths.column2,
        sum(minutes.verified), sum(minutes.denied)
      from (${minutes}) as minutes cross join (values ${lengthsOf(buckets.granularities)}) as lengths
      group by ${groups} order by ${groups}`,
  );
}

/** Whether any key was ever rotated, or was imported with several secrets. */
async function hasCountedSecrets(tx: Transaction<Tables>): Promise<boolean> {
  const counted = tx
    .selectFrom('api_key_secret_usage')
    .select('secret_id')
    .where('counted_from', 'is not', null);
  return (await counted.limit(1).executeTakeFirst()) !== undefined;
}

function lengthsOf(granularities: readonly Granularity[]): RawBuilder<unknown> {
  return sql.raw(granularities.map((name) => `('${name}', ${GRANULARITIES[name].length})`).join());
}

/** An update that joins rows locks them in any order on PostgreSQL. All tables are written only under a key's lock. */
async function lockKeys(tx: Transaction<Tables>, entries: RawBuilder<unknown>): Promise<void> {
  if (!isPostgres(tx)) return;
  await sql`
    select count(*) from (
      select from api_key_usage where api_key_id in (select value ->> 0 from (${entries}) as entries)
      order by api_key_id for no key update
    ) as locked
  `.execute(tx);
}
