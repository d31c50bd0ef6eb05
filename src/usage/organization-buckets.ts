import { type Kysely, sql, type Transaction } from 'kysely';
import type { RowWrites } from '../../db/open.ts';
import type { Tables } from '../../db/tables.ts';
import { inBatches } from '../core/paced.ts';
import type { KeyActivity } from './batch.ts';
import { GRANULARITIES, startOf } from './granularity.ts';

/** The kinds that the last day of an organization is read in. */
const KEPT = ['minute', 'hour'] as const;

/** Rows of a statement. */
const CHUNK = 500;

/** How many buckets are corrected or removed at once. */
const BATCH = { min: 50, max: 500 } as const;

/** What was counted of all keys of an organization in one stretch of time. */
interface OrganizationBucket {
  readonly organizationId: string;
  readonly granularity: (typeof KEPT)[number];
  readonly start: number;
  verified: number;
  denied: number;
}

/** The sums of these activities in one order: two nodes that add them can't wait for each other. */
export function organizationBuckets(
  activities: Iterable<Pick<KeyActivity, 'organizationId' | 'minutes'>>,
): OrganizationBucket[] {
  const sums = new Map<string, OrganizationBucket>();
  for (const { organizationId, minutes } of activities)
    for (const { start, verified, denied } of minutes)
      for (const granularity of KEPT)
        add(sums, { organizationId, granularity, start: startOf(granularity, start), verified, denied });
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, bucket]) => bucket);
}

function add(sums: Map<string, OrganizationBucket>, added: OrganizationBucket): void {
  const name = `${added.organizationId} ${added.granularity} ${added.start}`;
  const known = sums.get(name);
  if (!known) {
    sums.set(name, added);
    return;
  }
  known.verified += added.verified;
  known.denied += added.denied;
}

const ON_CONFLICT = `
  on conflict (organization_id, granularity, start) do update set
    verified = organization_usage_buckets.verified + excluded.verified,
    denied = organization_usage_buckets.denied + excluded.denied`;

/** Adds them, as the last statement of a transaction: every server writes to the same few rows. */
export async function writeOrganizationBuckets(
  tx: Transaction<Tables>,
  buckets: readonly OrganizationBucket[],
): Promise<void> {
  for (let start = 0; start < buckets.length; start += CHUNK) {
    const values = buckets.slice(start, start + CHUNK).map((bucket) => sql`(${sql.join(valuesOf(bucket))})`);
    await sql`
      insert into organization_usage_buckets (organization_id, granularity, start, verified, denied)
      values ${sql.join(values)} ${sql.raw(ON_CONFLICT)}
    `.execute(tx);
  }
}

/** The same on SQLite, for a writer that runs beside the thread that answers requests. */
export function organizationWrites(activities: readonly KeyActivity[]): RowWrites {
  return {
    sql: `insert into organization_usage_buckets (organization_id, granularity, start, verified, denied)
      values (?, ?, ?, ?, ?) ${ON_CONFLICT}`,
    rows: organizationBuckets(activities).map(valuesOf),
  };
}

function valuesOf({ organizationId, granularity, start, verified, denied }: OrganizationBucket) {
  return [organizationId, granularity, start, verified, denied];
}

/** Counts what was counted after `now`, while the clock was ahead, in the buckets of `now`. */
export async function limitOrganizationTimes(db: Kysely<Tables>, now: number): Promise<void> {
  for (const granularity of KEPT)
    await inBatches(BATCH, (size) => moveSome(db, granularity, startOf(granularity, now), size));
}

/** Gives how many there were. */
function moveSome(
  db: Kysely<Tables>,
  granularity: (typeof KEPT)[number],
  start: number,
  size: number,
): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const later = tx
      .selectFrom('organization_usage_buckets')
      .select(['organization_id', 'start'])
      .where('granularity', '=', granularity)
      .where('start', '>', start)
      .limit(size)
      .$asTuple('organization_id', 'start');
    const taken = await tx
      .deleteFrom('organization_usage_buckets')
      .where('granularity', '=', granularity)
      .where((eb) => eb(eb.refTuple('organization_id', 'start'), 'in', later))
      .returning(['organization_id', 'verified', 'denied'])
      .execute();
    const sums = new Map<string, OrganizationBucket>();
    for (const { organization_id: organizationId, verified, denied } of taken)
      add(sums, { organizationId, granularity, start, verified, denied });
    await writeOrganizationBuckets(tx, [...sums.values()].sort(byOrganization));
    return taken.length;
  });
}

function byOrganization(a: OrganizationBucket, b: OrganizationBucket): number {
  return a.organizationId < b.organizationId ? -1 : 1;
}

/** Removes buckets older than those of keys are kept, until `stopped`. */
export async function pruneOrganizationBuckets(
  db: Kysely<Tables>,
  now: number,
  stopped?: () => boolean,
): Promise<void> {
  for (const granularity of KEPT) {
    const before = now - GRANULARITIES[granularity].kept;
    await inBatches({ ...BATCH, stopped }, async (size) => {
      const old = db
        .selectFrom('organization_usage_buckets')
        .select(['organization_id', 'start'])
        .where('granularity', '=', granularity)
        .where('start', '<', before)
        .orderBy('start')
        .limit(size)
        .$asTuple('organization_id', 'start');
      const { numDeletedRows } = await db
        .deleteFrom('organization_usage_buckets')
        .where('granularity', '=', granularity)
        .where((eb) => eb(eb.refTuple('organization_id', 'start'), 'in', old))
        .executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    });
  }
}
