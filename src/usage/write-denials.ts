import { sql, type Transaction } from 'kysely';
import { isPostgres } from '../../db/is-postgres.ts';
import type { Tables } from '../../db/tables/tables.ts';
import { newId } from '../core/ids.ts';
import { type DenialGroup, MORE, nameOf, UNKNOWN_KEY, type UnwrittenDenials } from './denial-groups.ts';

/** Rows of an organization with a known key, and without one: more are counted by minute and code. */
export const DENIAL_LIMITS = { minute: 50, day: 2_500 } as const;

const DAY_MS = 86_400_000;

/** Number of rows, and of organizations that are looked for, per statement. */
const ROWS_MAX = 100;
const IDS_MAX = 1_000;

/**
 * Adds denials to their rows, in the transaction that raises the writer's mark, so that each counts once. New groups
 * beyond the limits of their organization count for the row of their minute and code. Entries of keys and organizations
 * that no longer exist are skipped. Tells the groups which organizations exist. Call it before locks of keys are taken.
 */
export async function writeDenials(tx: Transaction<Tables>, groups: UnwrittenDenials): Promise<void> {
  const byOrganization = new Map<string, DenialGroup[]>();
  for (const group of groups) {
    const own = byOrganization.get(group.organizationId) ?? [];
    byOrganization.set(group.organizationId, own);
    own.push(group);
  }
  const ids = await existing(tx, [...byOrganization.keys()]);
  for (const id of ids) await writeOwn(tx, id, byOrganization.get(id) ?? []);
  groups.confirm(ids);
}

/** Those that exist, in order. Anyone can name organizations in `/verify`: made-up ones cost no statement each. */
async function existing(tx: Transaction<Tables>, ids: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (let start = 0; start < ids.length; start += IDS_MAX) {
    const some = ids.slice(start, start + IDS_MAX);
    for (const { id } of await tx.selectFrom('organizations').select('id').where('id', 'in', some).execute())
      found.push(id);
  }
  return found.sort();
}

async function writeOwn(
  tx: Transaction<Tables>,
  organizationId: string,
  groups: DenialGroup[],
): Promise<void> {
  // One writer at a time, so that several don't exceed the limits together.
  if (isPostgres(tx))
    await sql`select pg_advisory_xact_lock(hashtextextended(${`denials ${organizationId}`}, 0))`.execute(tx);
  const subjects = [...new Set(groups.map(({ subject }) => subject).filter(isKey))];
  const keys = new Set<string>();
  if (subjects.length > 0)
    for (const { id } of await tx.selectFrom('api_keys').select('id').where('id', 'in', subjects).execute())
      keys.add(id);
  const minutes = [...new Set(groups.map(({ minute }) => minute))];
  const stored = await tx
    .selectFrom('denials')
    .select(['minute', 'subject', 'code', 'ip'])
    .where('organization_id', '=', organizationId)
    .where('minute', 'in', minutes)
    .execute();
  const known = new Set(stored.map((row) => nameOf({ organizationId, ...row, minute: Number(row.minute) })));
  const counts = new Map<string, number>();
  const count = (name: string, by = 1): number => {
    counts.set(name, (counts.get(name) ?? 0) + by);
    return counts.get(name) ?? 0;
  };
  for (const { minute, subject } of stored) count(`${kindOf(subject)} ${Number(minute)}`);
  for (const day of new Set(minutes.map((minute) => minute - (minute % DAY_MS)))) {
    for (const { kind, rows } of await rowsOfDay(tx, organizationId, day)) count(`${kind} day ${day}`, rows);
  }
  const written = new Map<string, DenialGroup>();
  for (const group of groups) {
    const { subject, minute } = group;
    if (isKey(subject) && !keys.has(subject)) continue;
    const kind = kindOf(subject);
    const day = minute - (minute % DAY_MS);
    const fits =
      known.has(nameOf(group)) ||
      subject === MORE ||
      ((counts.get(`${kind} ${minute}`) ?? 0) < DENIAL_LIMITS.minute &&
        (counts.get(`${kind} day ${day}`) ?? 0) < DENIAL_LIMITS.day);
    const row = fits ? group : { ...group, subject: MORE, ip: '' };
    const name = nameOf(row);
    if (!known.has(name) && row.subject !== MORE) {
      count(`${kind} ${minute}`);
      count(`${kind} day ${day}`);
    }
    known.add(name);
    const sum = written.get(name);
    written.set(name, sum ? { ...sum, count: sum.count + row.count } : row);
  }
  const rows = [...written.values()].map(({ at, subject, ...group }) => ({
    ...{ id: newId('evt'), organization_id: organizationId, minute: group.minute, occurred_at: at },
    ...{ code: group.code, subject, api_key_id: isKey(subject) ? subject : null },
    ...{ ip: group.ip, count: group.count },
  }));
  for (let start = 0; start < rows.length; start += ROWS_MAX)
    await tx
      .insertInto('denials')
      .values(rows.slice(start, start + ROWS_MAX))
      .onConflict((conflict) =>
        conflict
          .columns(['organization_id', 'minute', 'subject', 'code', 'ip'])
          .doUpdateSet((eb) => ({ count: eb('denials.count', '+', eb.ref('excluded.count')) })),
      )
      .execute();
}

type Kind = 'known' | 'unknown' | 'more';

function kindOf(subject: string): Kind {
  if (subject === MORE) return 'more';
  return subject === UNKNOWN_KEY ? 'unknown' : 'known';
}

function isKey(subject: string): boolean {
  return kindOf(subject) === 'known';
}

/** How many rows the organization has of a day, of each kind. They are bounded. */
async function rowsOfDay(
  tx: Transaction<Tables>,
  organizationId: string,
  day: number,
): Promise<{ kind: Kind; rows: number }[]> {
  const { rows } = await sql<{ kind: Kind; rows: number | string }>`
    select case subject when ${MORE} then 'more' when ${UNKNOWN_KEY} then 'unknown' else 'known' end as kind,
      count(*) as rows
    from denials where organization_id = ${organizationId} and minute >= ${day} and minute < ${day + DAY_MS}
    group by 1
  `.execute(tx);
  return rows.map(({ kind, rows: number }) => ({ kind, rows: Number(number) }));
}
