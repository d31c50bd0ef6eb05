import { type Expression, type Kysely, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import { isPostgres } from '../../db/is-postgres.ts';
import { countUpTo } from '../../db/queries/counts.ts';
import type { Walks } from '../../db/queries/page.ts';
import type { Row, Tables } from '../../db/tables/tables.ts';
import { DENIED_ACTIONS } from '../changes/events.ts';
import type { AuditConditions } from './audit-filter.ts';
import { AUDIT_COLUMNS } from './entry.ts';

/** An index of the log: by target, actor, action or time, or of the whole log. */
export type AuditIndex = 'target' | 'actor' | 'action' | 'time' | 'log';

/** Entries in any order. */
export type Entries = SelectQueryBuilder<Tables, 'audit_log', Row<'audit_log'>>;

/** The conditions of a search, and the log that it searches. */
export interface AuditSearch {
  readonly db: Kysely<Tables>;
  readonly organizationId: string;
  readonly conditions: AuditConditions;
}

/** More rows than any log has: SQLite evaluates a subquery with a limit separately. */
const ANY_NUMBER = 2 ** 31;

type Conditions = Expression<SqlBool>[];

/**
 * The entries, read along one index. A page in the index's order reads only its own rows if there is no other
 * condition.
 */
export function walk(search: AuditSearch, index: AuditIndex): Entries {
  return search.db
    .selectFrom('audit_log')
    .select(AUDIT_COLUMNS)
    .where(({ and }) => and([...found(search, index), ...passing(search, index)]));
}

/** The entries of some actions, each read along the index. Together, they are in the order of the log. */
export function walksByAction({ db, conditions, ...search }: AuditSearch): Walks<Entries> {
  return (narrow) => {
    const walks = (conditions.actions ?? []).map((action) => {
      const one = narrow(walk({ ...search, db, conditions: { ...conditions, actions: [action] } }, 'action'));
      return db.selectFrom(one.as('page')).selectAll();
    });
    const union = walks.reduce((before, next) => before.unionAll(next));
    return db.selectFrom(union.as('page')).selectAll() as unknown as Entries;
  };
}

/** The same entries, if an index leads to few: reads all of them, then sorts them. */
export function gather(search: AuditSearch, index: AuditIndex): Entries {
  const few = search.db
    .selectFrom('audit_log')
    .select(AUDIT_COLUMNS)
    .where(({ and }) => and(found(search, index)))
    .limit(ANY_NUMBER);
  return search.db
    .selectFrom(few.as('matches'))
    .selectAll()
    .where(({ and }) => and(passing(search, index))) as unknown as Entries;
}

/** Number of entries of an index, counted up to `atMost` and one. */
export function countFound(search: AuditSearch, index: AuditIndex, atMost: number): Promise<number> {
  const entries = search.db
    .selectFrom('audit_log')
    .select(sql`1`.as('one'))
    .where(({ and }) => and(found(search, index)));
  return countUpTo(search.db, entries, atMost);
}

/** The conditions that an index answers. Ids of objects are unique across organizations. */
function found({ organizationId, conditions }: AuditSearch, index: AuditIndex): Conditions {
  const { actions, targetId, actorId, time } = conditions;
  if (index === 'target') return [sql`target_id = ${targetId}`];
  const own = sql<SqlBool>`organization_id = ${organizationId}`;
  if (index === 'actor') return [own, sql`actor = ${actorId}`];
  if (index === 'action') return [own, sql`action in (${sql.join(actions ?? [])})`];
  if (index === 'time') return [own, sql`occurred_at >= ${time?.[0]}`, sql`occurred_at < ${time?.[1]}`];
  return [own];
}

/**
 * The remaining conditions. SQLite chooses an index without knowing how many rows it leads to, so they are written so
 * that no index applies. PostgreSQL has statistics, which it can use only for plain columns.
 */
function passing({ db, organizationId, conditions }: AuditSearch, index: AuditIndex): Conditions {
  const { actions, targetId, actorId, time, doneOnly } = conditions;
  const postgres = isPostgres(db);
  const text = (column: string) => (postgres ? sql.ref(column) : sql`${sql.ref(column)} || ''`);
  const occurredAt = postgres ? sql.ref('occurred_at') : sql`occurred_at + 0`;
  const rest: Conditions = [];
  if (index === 'target') rest.push(sql`${text('organization_id')} = ${organizationId}`);
  else if (targetId !== null) rest.push(sql`${text('target_id')} = ${targetId}`);
  if (actorId !== null && index !== 'actor') rest.push(sql`${text('actor')} = ${actorId}`);
  if (actions !== null && index !== 'action') rest.push(sql`${text('action')} in (${sql.join(actions)})`);
  if (doneOnly) rest.push(sql`action not in (${sql.join(DENIED_ACTIONS)})`);
  if (time !== null && index !== 'time')
    rest.push(sql`${occurredAt} >= ${time[0]}`, sql`${occurredAt} < ${time[1]}`);
  return rest;
}
