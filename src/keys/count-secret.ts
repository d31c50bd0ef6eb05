import { sql, type Transaction } from 'kysely';
import { isPostgres } from '../../db/is-postgres.ts';
import type { Tables } from '../../db/tables/tables.ts';

/**
 * Starts to count the verifications of a secret that is being replaced in buckets of its own. Those of the current
 * minute, hour and day so far are those of the key that no other secret has. Usage that is written later counts for the
 * secret that was presented, because writers lock the key as well.
 */
export async function countSecret(
  tx: Transaction<Tables>,
  { keyId, secretId, now }: { readonly keyId: string; readonly secretId: string; readonly now: number },
): Promise<void> {
  if (isPostgres(tx))
    await sql`select 1 from api_key_usage where api_key_id = ${keyId} for no key update`.execute(tx);
  const { numUpdatedRows } = await tx
    .updateTable('api_key_secret_usage')
    .set({ counted_from: now })
    .where('secret_id', '=', secretId)
    .where('counted_from', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return;
  const current = sql.join(
    LENGTHS.map(([granularity, length]) => sql`(${granularity}, cast(${now - (now % length)} as bigint))`),
  );
  await sql`
    insert into api_key_secret_usage_buckets (secret_id, granularity, start, verified, denied)
    select cast(${secretId} as text), granularity, start, verified, denied from (
      select granularity, start, sum(verified) as verified, sum(denied) as denied from (
        select granularity, start, verified, denied from api_key_usage_buckets
        where api_key_id = ${keyId} and (granularity, start) in (values ${current})
        union all
        select granularity, start, -verified, -denied from api_key_secret_usage_buckets
        where secret_id in (select id from api_key_secrets where api_key_id = ${keyId} and id <> ${secretId})
          and (granularity, start) in (values ${current})
      ) as counts group by granularity, start
    ) as own where verified >= 0 and denied >= 0
  `.execute(tx);
}

/** As in `src/usage/granularity.ts`, milliseconds. */
const LENGTHS = [
  ['minute', 60_000],
  ['hour', 3_600_000],
  ['day', 86_400_000],
] as const;
