import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { RowWrites } from '../../db/open.ts';
import type { Tables } from '../../db/tables.ts';
import type { LastUse } from '../context.ts';
import { type Batch, type KeyActivity, lastUseOf, NOT_USED } from './batch.ts';
import { GRANULARITIES, GRANULARITY_NAMES, type Granularity, startOf } from './granularity.ts';
import { organizationBuckets, organizationWrites, writeOrganizationBuckets } from './organization-buckets.ts';

/** Rows of a statement: far fewer values than either engine takes. */
const CHUNK = 500;

/** What was counted of a key in one stretch of time. */
export interface Bucket {
  readonly keyId: string;
  readonly organizationId: string;
  readonly granularity: Granularity;
  readonly start: number;
  verified: number;
  denied: number;
}

/**
 * Writes a batch in one transaction. Last uses only move forwards, whichever node writes first; counts are added. Keys
 * and secrets that are gone meanwhile are passed over.
 */
export async function writeBatch(db: Kysely<Tables>, batch: Batch): Promise<void> {
  const { keys, secrets, buckets } = rowsOf(batch);
  await db.transaction().execute(async (tx) => {
    for (const rows of chunks(keys)) await writeKeys(tx, rows);
    for (const rows of chunks(secrets)) await writeSecrets(tx, rows);
    for (const rows of chunks(buckets)) await writeBuckets(tx, rows);
    await writeOrganizationBuckets(tx, organizationBuckets(batch.keys.values()));
  });
}

/** Adds one minute of a key to the buckets of every length that hold it. */
const ADD_MINUTE = `
  insert into api_key_usage_buckets (api_key_id, organization_id, granularity, start, verified, denied)
  select api_keys.id, api_keys.organization_id, lengths.column1, noted.start - noted.start % lengths.column2,
    noted.verified, noted.denied
  from (select ? as id, ? as start, ? as verified, ? as denied) as noted
  inner join api_keys on api_keys.id = noted.id
  cross join (values ${GRANULARITY_NAMES.map((name) => `('${name}', ${GRANULARITIES[name].length})`).join()}) as lengths
  where true
  on conflict (api_key_id, granularity, start) do update set
    verified = api_key_usage_buckets.verified + excluded.verified,
    denied = api_key_usage_buckets.denied + excluded.denied`;

/** The same on SQLite, for a writer that runs beside the thread that answers requests. */
export function tableWrites(activities: readonly KeyActivity[]): RowWrites[] {
  return [
    {
      sql: 'update api_key_usage set last_used_at = ?, last_used_ip = ? where api_key_id = ? and last_used_at <= ?',
      rows: activities.flatMap(({ keyId, at, ip }) => (at === NOT_USED ? [] : [[at, ip, keyId, at]])),
    },
    {
      sql: 'update api_key_secret_usage set uses = uses + ?, last_used_at = max(last_used_at, ?) where secret_id = ?',
      rows: activities.flatMap(({ secrets }) =>
        secrets.map(({ uses, at, secretId }) => [uses, at, secretId]),
      ),
    },
    {
      sql: ADD_MINUTE,
      rows: activities.flatMap(({ keyId, minutes }) =>
        minutes.map(({ start, verified, denied }) => [keyId, start, verified, denied]),
      ),
    },
    organizationWrites(activities),
  ];
}

/** What there is to write, sorted: two nodes take rows in one order and can't wait for each other. */
function rowsOf(batch: Batch) {
  const keys = [...batch.keys].sort(byId).flatMap(([id, key]) => {
    const use = lastUseOf([key]);
    return use ? [[id, use] as const] : [];
  });
  const secrets = [...batch.keys.values()]
    .flatMap((key) => key.secrets)
    .map((secret) => [secret.secretId, secret] as const)
    .sort(byId);
  const buckets = [...toBuckets(batch)].sort(byId).map(([, bucket]) => bucket);
  return { keys, secrets, buckets };
}

// `column1`, `column2` … are what SQLite and PostgreSQL alike call the columns of a list of values.

async function writeKeys(tx: Transaction<Tables>, rows: readonly (readonly [string, LastUse])[]) {
  const values = rows.map(([id, { at, ip }]) => sql`(${id}, ${whole(at)}, ${text(ip)})`);
  await sql`
    update api_key_usage set last_used_at = noted.column2, last_used_ip = noted.column3
    from (values ${sql.join(values)}) as noted
    where api_key_usage.api_key_id = noted.column1 and api_key_usage.last_used_at <= noted.column2
  `.execute(tx);
}

async function writeSecrets(
  tx: Transaction<Tables>,
  rows: readonly (readonly [string, { at: number; uses: number }])[],
) {
  const values = rows.map(([id, { at, uses }]) => sql`(${id}, ${whole(at)}, ${whole(uses)})`);
  await sql`
    update api_key_secret_usage set
      uses = uses + noted.column3,
      last_used_at = case when last_used_at < noted.column2 then noted.column2 else last_used_at end
    from (values ${sql.join(values)}) as noted
    where api_key_secret_usage.secret_id = noted.column1
  `.execute(tx);
}

/** Adds what was counted; of keys that are gone, nothing. */
export async function writeBuckets(tx: Transaction<Tables>, rows: readonly Bucket[]) {
  const values = rows.map(
    ({ keyId, organizationId, granularity, start, verified, denied }) =>
      sql`(${keyId}, ${organizationId}, ${granularity}, ${whole(start)}, ${whole(verified)}, ${whole(denied)})`,
  );
  await sql`
    insert into api_key_usage_buckets (api_key_id, organization_id, granularity, start, verified, denied)
    select column1, column2, column3, column4, column5, column6 from (values ${sql.join(values)}) as noted
    where exists (select 1 from api_keys where api_keys.id = noted.column1)
    on conflict (api_key_id, granularity, start) do update set
      verified = api_key_usage_buckets.verified + excluded.verified,
      denied = api_key_usage_buckets.denied + excluded.denied
  `.execute(tx);
}

/** PostgreSQL takes the type of a parameter from where it stands, and in a list of values it stands nowhere. */
function whole(value: number): RawBuilder<number> {
  return sql`cast(${value} as bigint)`;
}

function text(value: string | null): RawBuilder<string | null> {
  return sql`cast(${value} as text)`;
}

/** Each minute counted also into its hour and its day. */
function toBuckets(batch: Batch): Map<string, Bucket> {
  const buckets = new Map<string, Bucket>();
  for (const { keyId, organizationId, minutes } of batch.keys.values()) {
    for (const { start: minute, verified, denied } of minutes) {
      for (const granularity of GRANULARITY_NAMES) {
        const start = startOf(granularity, minute);
        const name = `${keyId} ${granularity} ${start}`;
        const known = buckets.get(name);
        if (known) {
          known.verified += verified;
          known.denied += denied;
        } else {
          buckets.set(name, { keyId, organizationId, granularity, start, verified, denied });
        }
      }
    }
  }
  return buckets;
}

function byId([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function* chunks<T>(rows: readonly T[]): Generator<T[]> {
  for (let start = 0; start < rows.length; start += CHUNK) yield rows.slice(start, start + CHUNK);
}
