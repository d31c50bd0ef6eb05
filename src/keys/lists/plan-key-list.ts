import { type Kysely, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import { isPostgres } from '../../../db/is-postgres.ts';
import { apiKeysBy } from '../../../db/queries/api-key-index.ts';
import { countUpTo, totalOf } from '../../../db/queries/counts.ts';
import type { Tables } from '../../../db/tables/tables.ts';
import { COUNT_MAX, type Total } from '../../core/page.ts';
import { isProvided } from '../../core/provided.ts';
import {
  comparing,
  filterConditions,
  isBoundTo,
  isBoundToAny,
  type KeyExpressions,
} from './api-key-filter.ts';
import { type KeyIds, type KeySelection, type Narrowing, narrowings } from './key-narrowing.ts';
import type { KeyWalk } from './key-walk.ts';

/** Up to this many keys are collected and sorted. With more, walking the order fills a page quickly. */
const GATHERED_MAX = 2_000;

/** Up to this many are collected on the request thread: this takes no longer than a page. */
const GATHERED_HERE_MAX = 100;

/** Maximum number of keys examined to count those that match a filter. */
const COUNTED_AMONG_MAX = 2 * COUNT_MAX;

type KeyQuery = SelectQueryBuilder<Tables, 'api_keys', object>;

/** How to read a list of keys, without the displayed properties and the order. */
export interface KeyListPlan {
  readonly db: Kysely<Tables>;
  readonly query: KeyQuery;
  total(): Promise<Total>;
}

/**
 * Plans how to read a filtered list. If one part of the filter leaves few keys, collects them by its index. Otherwise,
 * walks the index of the order. The indexes tell how many keys each part leaves.
 */
export async function planKeyList(
  db: Kysely<Tables>,
  reader: Kysely<Tables>,
  selection: KeySelection,
  walk: KeyWalk,
): Promise<KeyListPlan> {
  const isSmall = reader === db;
  const ways = narrowings(reader, selection);
  const counts = isSmall ? [] : await countEach(db, reader, ways);
  const fewest = Math.min(...counts);
  const narrowest = ways[counts.indexOf(fewest)];
  if (narrowest && fewest <= GATHERED_MAX) {
    const by = narrowest.isSlow || fewest > GATHERED_HERE_MAX ? reader : db;
    const query = gathered(by, narrowest.ids, selection, walk);
    return { db: by, query, total: () => count(by, query) };
  }
  const query = walkAlong(reader, selection, walk);
  const most = ways[ways.length > 1 ? 1 : 0] as Narrowing;
  const total = () => (isSmall ? count(reader, query) : countAmong(reader, most, selection));
  return { db: reader, query, total };
}

/** Number of keys that each index leads to, as far as it matters. */
async function countEach(
  db: Kysely<Tables>,
  reader: Kysely<Tables>,
  ways: readonly Narrowing[],
): Promise<number[]> {
  const counts = ways.map(
    ({ ids }) =>
      sql`(select count(*) from (select 1 as one from (${ids}) as found limit ${GATHERED_MAX + 1}) as counted)`,
  );
  const columns = counts.map((each, at) => sql`${each} as ${sql.id(`n${at}`)}`);
  const by = ways.some(({ isSlow }) => isSlow) ? reader : db;
  const { rows } = await sql<Record<string, number>>`select ${sql.join(columns)}`.execute(by);
  return ways.map((_, at) => Number(rows[0]?.[`n${at}`]));
}

/** The keys of a selection, read along the index of an order. */
export function walkAlong(db: Kysely<Tables>, selection: KeySelection, walk: KeyWalk): KeyQuery {
  const { organizationId } = selection;
  const meant = (eb: KeyExpressions) =>
    eb.and(conditions(eb, selection, [...walk.columns, 'organization_id']));
  if (walk.index) return apiKeysBy(db, walk.index).where(meant);
  // Names the organization if the index of the order starts with it.
  let uses = db.selectFrom('api_key_usage').where('api_key_usage.organization_id', '=', organizationId);
  const { unusedSince } = selection.filter;
  if (isProvided(unusedSince)) uses = uses.where('api_key_usage.last_used_at', '<', unusedSince);
  const keys = lookingUp(db, uses as unknown as KeyQuery, 'api_keys', 'api_key_usage.api_key_id');
  return keys.where((eb) => eb.and(conditions(eb, selection, [])));
}

/** The selected keys among those found by an index. */
function gathered(db: Kysely<Tables>, ids: KeyIds, selection: KeySelection, walk: KeyWalk): KeyQuery {
  const own = among(db, ids, 'first').where((eb) => eb.and(conditions(eb, selection, [])));
  return walk.index ? own : lookingUp(db, own, 'api_key_usage', 'api_keys.id');
}

/** Keys with these ids, which are found first or one at a time. */
function among(db: Kysely<Tables>, ids: KeyIds, order: 'first' | 'as they come'): KeyQuery {
  const matches = db
    .with(
      (cte) => (order === 'first' ? cte('matches').materialized() : cte('matches').notMaterialized()),
      () => ids,
    )
    .selectFrom('matches');
  return lookingUp(db, matches as unknown as KeyQuery, 'api_keys', 'matches.id');
}

/**
 * Joins the row of another table with the id in this column, looked up row by row regardless of the conditions that
 * follow: PostgreSQL might expect them to leave a row or two of that table, and start from each of those instead.
 */
function lookingUp(
  db: Kysely<Tables>,
  rows: KeyQuery,
  table: 'api_keys' | 'api_key_usage',
  column: string,
): KeyQuery {
  const id = table === 'api_keys' ? 'api_keys.id' : 'api_key_usage.api_key_id';
  const isIt = sql<SqlBool>`${sql.ref(id)} = ${sql.ref(column)}`;
  if (!isPostgres(db)) return (rows.crossJoin(table) as unknown as KeyQuery).where(isIt);
  const row = db.selectFrom(table).selectAll().where(isIt).offset(sql.lit(0));
  return rows.crossJoinLateral(row.as(table)) as unknown as KeyQuery;
}

function conditions(
  eb: KeyExpressions,
  { organizationId, filter, scope, boundToTeam, ...facts }: KeySelection,
  columns: KeyWalk['columns'],
) {
  const compare = comparing(columns);
  return [
    ...filterConditions(eb, filter, { ...facts, organizationId, scope, compare }),
    compare('organization_id', '=', organizationId),
    ...(scope ? [isBoundToAny(eb, scope)] : []),
    ...(boundToTeam === undefined ? [] : [isBoundTo(eb, boundToTeam, scope)]),
  ];
}

async function count(db: Kysely<Tables>, query: KeyQuery): Promise<Total> {
  return totalOf(await countUpTo(db, query.select(sql`1`.as('one')), COUNT_MAX));
}

/** Counts the selected keys among the first that an index leads to. */
async function countAmong(
  db: Kysely<Tables>,
  { ids, isExact }: Narrowing,
  selection: KeySelection,
): Promise<Total> {
  if (isExact) return totalOf(await countUpTo(db, ids, COUNT_MAX));
  const first = ids.limit(COUNTED_AMONG_MAX + 1);
  const shown = among(db, first, 'as they come').where((eb) => eb.and(conditions(eb, selection, [])));
  const total = await count(db, shown);
  if (!total.isExact) return total;
  const looked = await countUpTo(db, ids, COUNTED_AMONG_MAX);
  return totalOf(total.count, looked <= COUNTED_AMONG_MAX);
}
