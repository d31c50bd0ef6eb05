import { type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely';
import { countUpTo, totalOf } from '../../../db/queries/counts.ts';
import type { Tables } from '../../../db/tables/tables.ts';
import { COUNT_MAX, type Total } from '../../core/page.ts';
import type { Organization } from '../../organizations/organization.ts';
import { DAY_MS } from '../api-key.ts';
import type { Environment } from '../secret.ts';
import { IS_OPEN } from './key-counts.ts';

/**
 * Maximum number of open keys that are examined for unused ones, if too many keys are unused to examine each of them.
 */
const LOOKED_AT_MAX = 3_000;

/**
 * Minimum number of test keys that are examined, regardless of the number of live ones; and number of keys with the
 * oldest use.
 */
const SAMPLE = 1_000;

/** An active key that has not been used for this time is unused, milliseconds. */
export const UNUSED_MS = 90 * DAY_MS;

/** A key that expires within this time expires soon, milliseconds. */
export const SOON_MS = 7 * DAY_MS;

/** Active keys of an organization that need attention. */
export interface AttentionCounts {
  /** Not used for 90 days, or never used and older than that. */
  readonly unused: Total;
  /** Past the due date of the rotation policy. */
  readonly rotationOverdue: Total;
  /** Expiring within 7 days. */
  readonly expiringSoon: Total;
}

/** Counts open keys by covering indexes, in at most about 10,000 steps each regardless of the organization's size. */
export async function countAttention(
  db: Kysely<Tables>,
  organization: Pick<Organization, 'id' | 'rotationPolicy'>,
  now: number,
): Promise<AttentionCounts> {
  const active = sql<SqlBool>`${openIn(organization.id)} and expires_at > ${now}`;
  return {
    unused: await countUnused(db, organization.id, now),
    rotationOverdue: await countOverdue(db, organization, active, now),
    expiringSoon: totalOf(await countKeys(db, sql`${active} and expires_at <= ${now + SOON_MS}`)),
  };
}

function openIn(organizationId: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`organization_id = ${organizationId} and ${IS_OPEN}`;
}

/** Counts up to one more than is shown. */
function countKeys(db: Kysely<Tables>, condition: RawBuilder<SqlBool>): Promise<number> {
  const keys = db.selectFrom('api_keys').select(sql`1`.as('one')).where(condition);
  return countUpTo(db, keys, COUNT_MAX);
}

async function countOverdue(
  db: Kysely<Tables>,
  { rotationPolicy: { liveDays, testDays } }: Pick<Organization, 'rotationPolicy'>,
  active: RawBuilder<SqlBool>,
  now: number,
): Promise<Total> {
  let count = 0;
  for (const [environment, days] of [
    ['live', liveDays],
    ['test', testDays],
  ] as const) {
    if (days === null) continue;
    const due = sql<SqlBool>`environment = ${environment} and rotated_at < ${now - days * DAY_MS}`;
    count += await countKeys(db, sql`${active} and ${due}`);
  }
  return totalOf(count);
}

/**
 * If few keys have no recent use, including revoked ones, examines each of them. Otherwise, examines open keys and, if
 * not all of them, also those with the oldest use.
 */
async function countUnused(db: Kysely<Tables>, organizationId: string, now: number): Promise<Total> {
  const candidates = notUsed(db, organizationId, now, COUNT_MAX + 1).select(sql`1`.as('one'));
  if ((await countUpTo(db, candidates, COUNT_MAX)) <= COUNT_MAX)
    return { count: await countUnusedOf(db, organizationId, now, COUNT_MAX), isExact: true };
  const live = await lookAt(db, { organizationId, environment: 'live', now, atMost: LOOKED_AT_MAX });
  const testMax = Math.max(LOOKED_AT_MAX - live.looked, SAMPLE);
  const test = await lookAt(db, { organizationId, environment: 'test', now, atMost: testMax });
  const count = live.unused + test.unused;
  if (live.looked < LOOKED_AT_MAX && test.looked < testMax) return { count, isExact: true };
  const oldest = await countUnusedOf(db, organizationId, now, SAMPLE);
  return { count: Math.max(count, oldest), isExact: false };
}

/** Keys of any status without a recent use, or never used; oldest use first. */
function notUsed(db: Kysely<Tables>, organizationId: string, now: number, atMost: number) {
  return db
    .selectFrom('api_key_usage')
    .where('organization_id', '=', organizationId)
    .where('last_used_at', '<', now - UNUSED_MS)
    .orderBy('last_used_at')
    .limit(atMost);
}

/** Number of the first unused keys that are active and old enough to count. */
async function countUnusedOf(
  db: Kysely<Tables>,
  organizationId: string,
  now: number,
  atMost: number,
): Promise<number> {
  const active = sql`${openIn(organizationId)} and expires_at > ${now} and created_at < ${now - UNUSED_MS}`;
  // By id alone: with the other conditions, PostgreSQL may search all open keys for each.
  const isUnused = sql`select case when ${active} then 1 end from api_keys where id = candidates.api_key_id`;
  const { count } = await db
    .selectFrom(notUsed(db, organizationId, now, atMost).select('api_key_id').as('candidates'))
    .where(sql<SqlBool>`(${isUnused}) = 1`)
    .select(({ fn }) => fn.countAll().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Examines some open keys of an environment, and counts the active unused ones. */
async function lookAt(
  db: Kysely<Tables>,
  {
    organizationId,
    environment,
    now,
    atMost,
  }: {
    readonly organizationId: string;
    readonly environment: Environment;
    readonly now: number;
    readonly atMost: number;
  },
): Promise<{ looked: number; unused: number }> {
  const before = now - UNUSED_MS;
  const lastUse = sql`select last_used_at from api_key_usage where api_key_id = candidates.id`;
  const isUnused = sql<SqlBool>`created_at < ${before} and expires_at > ${now} and coalesce((${lastUse}), 0) < ${before}`;
  const candidates = db
    .selectFrom('api_keys')
    .select(['id', 'created_at', 'expires_at'])
    .where(openIn(organizationId))
    .where('environment', '=', environment)
    // In the order of the covering index only.
    .orderBy('environment')
    .orderBy('rotated_at')
    .orderBy('expires_at')
    .limit(atMost)
    .as('candidates');
  const { looked, unused } = await db
    .selectFrom(candidates)
    .select(({ fn }) => [
      fn.countAll().as('looked'),
      sql<number>`count(case when ${isUnused} then 1 end)`.as('unused'),
    ])
    .executeTakeFirstOrThrow();
  return { looked: Number(looked), unused: Number(unused) };
}
