import { type Expression, type Kysely, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import { AppError } from '../../src/core/errors.ts';
import {
  COUNT_MAX,
  PAGE_DEFAULT,
  PAGE_MAX,
  type Page,
  type PageArgs,
  type Total,
} from '../../src/core/page.ts';
import { isProvided } from '../../src/core/provided.ts';
import type { Tables } from '../tables/tables.ts';
import { countUpTo, totalOf } from './counts.ts';

export type { Page, PageArgs } from '../../src/core/page.ts';

/** The sort order of a list: one column, then the id, both in the same direction. */
export interface Sort {
  /** Names the order in cursors, so that a cursor of another order is rejected. */
  readonly name: string;
  /** Column, qualified if the query has several tables. Never null. */
  readonly column: string;
  readonly type: 'number' | 'text';
  readonly idColumn: string;
  readonly direction: 'asc' | 'desc';
  /** Whether all values are distinct, so that the column alone determines the order. */
  readonly isUnique?: boolean;
}

/** The order by creation, oldest first, for rows of this table. `name` names it in cursors. */
export function byAge(name: string, table: keyof Tables): Sort {
  const [column, idColumn] = [`${table}.created_at`, `${table}.id`];
  return { name, column, type: 'number', idColumn, direction: 'asc' };
}

/**
 * A list read by several queries with disjoint rows, each along its own index and in the same order. `narrow` limits
 * each of them to what a page may need.
 */
export type Walks<Query> = (narrow: (walk: Query) => Query) => Query;

/** The values that a row is sorted by; every query passed to `readPage` selects them under these names. */
export interface SortValues {
  readonly sort_value: string | number;
  readonly sort_id: string;
}

/** How to read a list whose query finds the rows, but not all of their data. */
export interface PageOptions<Row> {
  /** Reads the rows of a page, in this direction, that the query finds with their `SortValues`. */
  complete?(
    page: SelectQueryBuilder<Tables, never, SortValues>,
    direction: Sort['direction'],
  ): Promise<(Row & SortValues)[]>;
  /** Counts the list in another way than with its query. */
  total?(): Promise<Total>;
}

/** A position in an order: the value that rows are sorted by, then an id. */
type Place = readonly [value: string | number, id: string];

type Operator = '>' | '<' | '>=' | '<=';

/**
 * Reads one page by keyset. Cursors name a position in the order, so inserted or deleted rows neither repeat nor skip
 * others. 25 rows by default, at most 100. `countedBy` is counted for the total, up to 10,000. Throws BAD_USER_INPUT
 * for invalid arguments or cursors.
 */
export async function readPage<Name extends keyof Tables, Selected extends object, T>(
  query: SelectQueryBuilder<Tables, Name, Selected> | Walks<SelectQueryBuilder<Tables, Name, Selected>>,
  sort: Sort,
  args: PageArgs,
  toNode: (row: Selected) => T,
  countedBy: () => Promise<Kysely<Tables>>,
  { complete, total = async () => count(query, await countedBy()) }: PageOptions<Selected> = {},
): Promise<Page<T>> {
  const { limit, backwards } = pageSize(args);
  const [after, before] = [placeAt(args.after, sort), placeAt(args.before, sort)];
  const [start, stop] = backwards ? [before, after] : [after, before];
  const direction = (sort.direction === 'asc') === backwards ? 'desc' : 'asc';
  const [onward, back] = direction === 'asc' ? (['>', '<'] as const) : (['<', '>'] as const);
  const column = sql.ref<string | number>(sort.column);
  const id = sql.ref<string>(sort.idColumn);
  const beyond = ([value, rowId]: Place, operator: Operator): Expression<SqlBool> =>
    sort.isUnique
      ? sql<SqlBool>`${column} ${sql.raw(operator)} ${value}`
      : sql<SqlBool>`(${column}, ${id}) ${sql.raw(operator)} (${value}, ${rowId})`;

  const page = (walk: SelectQueryBuilder<Tables, Name, Selected>) => {
    let rest = walk.select([column.as('sort_value'), id.as('sort_id')]);
    if (start) rest = rest.where(beyond(start, onward));
    if (stop) rest = rest.where(beyond(stop, back));
    rest = rest.orderBy(column, direction);
    return (sort.isUnique ? rest : rest.orderBy(id, direction)).limit(limit + 1);
  };
  const together = (walks: Walks<SelectQueryBuilder<Tables, Name, Selected>>) =>
    walks(page)
      .orderBy(sql.ref('sort_value'), direction)
      .limit(limit + 1);
  const found = typeof query === 'function' ? together(query) : page(query);
  const rows = (await (complete
    ? complete(found as unknown as SelectQueryBuilder<Tables, never, SortValues>, direction)
    : found.execute())) as (Selected & SortValues)[];
  const kept = rows.slice(0, limit);
  const [first, last] = [kept[0], kept.at(-1)].map((row) => row && placeOf(row));

  // Reads one row beyond the page, along the index of the order. A page without rows is positioned where it started.
  const rowsAt = async (place: Place | null | undefined, operator: Operator): Promise<boolean> => {
    const probe = (walk: SelectQueryBuilder<Tables, Name, Selected>) => {
      const one = walk.clearSelect().select(sql<number>`1`.as('found'));
      return (place ? one.where(beyond(place, operator)) : one)
        .orderBy(column, operator.startsWith('>') ? 'asc' : 'desc')
        .limit(1) as unknown as SelectQueryBuilder<Tables, Name, Selected>;
    };
    const found = await (typeof query === 'function' ? query(probe) : probe(query)).executeTakeFirst();
    return found !== undefined;
  };
  const isMoreOnward = once(
    async () => rows.length > limit || (stop !== null && rowsAt(last ?? start, onward)),
  );
  const isMoreBack = once(async () => start !== null && rowsAt(first ?? start, first ? back : `${back}=`));
  if (backwards) kept.reverse();
  const counted = once(total);
  return {
    edges: kept.map((row) => new RowEdge(row, sort, toNode(row))),
    hasNextPage: backwards ? isMoreBack : isMoreOnward,
    hasPreviousPage: backwards ? isMoreOnward : isMoreBack,
    totalCount: async () => (await counted()).count,
    isTotalCountExact: async () => (await counted()).isExact,
  };
}

/** Computed once, even if selected twice under different aliases. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}

/** Encodes its cursor only on request: most lists are read without cursors. */
class RowEdge<T> {
  readonly #row: SortValues;
  readonly #sort: Sort;
  readonly node: T;

  constructor(row: SortValues, sort: Sort, node: T) {
    this.#row = row;
    this.#sort = sort;
    this.node = node;
  }

  get cursor(): string {
    return encodeCursor(this.#row, this.#sort);
  }
}

async function count<Name extends keyof Tables, Selected>(
  query: SelectQueryBuilder<Tables, Name, Selected> | Walks<SelectQueryBuilder<Tables, Name, Selected>>,
  db: Kysely<Tables>,
): Promise<Total> {
  const whole = typeof query === 'function' ? query((walk) => walk.limit(COUNT_MAX + 1)) : query;
  return totalOf(await countUpTo(db, whole.clearSelect().select(sql`1`.as('one')), COUNT_MAX));
}

function pageSize({ first, last }: PageArgs): { limit: number; backwards: boolean } {
  const backwards = isProvided(last);
  if (backwards && isProvided(first)) throw new AppError('BAD_USER_INPUT', 'Use first or last, not both');
  const limit = (backwards ? last : first) ?? PAGE_DEFAULT;
  if (limit >= 0 && limit <= PAGE_MAX) return { limit, backwards };
  throw new AppError(
    'BAD_USER_INPUT',
    `${backwards ? 'last' : 'first'} must be a whole number from 0 to ${PAGE_MAX}`,
  );
}

function encodeCursor(row: SortValues, sort: Sort): string {
  return Buffer.from(JSON.stringify([sort.name, row.sort_value, row.sort_id])).toString('base64url');
}

function placeOf({ sort_value: value, sort_id: id }: SortValues): Place {
  return [value, id];
}

function placeAt(cursor: string | null | undefined, sort: Sort): Place | null {
  return isProvided(cursor) ? decodeCursor(cursor, sort) : null;
}

function decodeCursor(cursor: string, sort: Sort): Place {
  try {
    const [name, value, id, ...rest] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    const typed =
      sort.type === 'number'
        ? Number.isSafeInteger(value)
        : typeof value === 'string' && !value.includes('\0');
    if (
      name === sort.name &&
      typed &&
      typeof id === 'string' &&
      /^[a-z]+_\w+$/.test(id) &&
      rest.length === 0
    ) {
      return [value as string | number, id];
    }
  } catch {
    // Rejected below, like every other cursor that this list did not create.
  }
  throw new AppError('BAD_USER_INPUT', 'The cursor does not belong to this list in this order');
}
