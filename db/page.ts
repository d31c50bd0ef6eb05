import { type Expression, type Kysely, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import { AppError } from '../src/core/errors.ts';
import { PAGE_DEFAULT, PAGE_MAX, type Page, type PageArgs } from '../src/core/page.ts';
import type { Tables } from './tables.ts';

export type { Page, PageArgs } from '../src/core/page.ts';

/** What a list is ordered by: one column, then the id, both in one direction. */
export interface Sort {
  /** Names the order in cursors, so that one made for another order is refused. */
  readonly name: string;
  /** Qualified column; never null. */
  readonly column: string;
  readonly type: 'number' | 'text';
  readonly idColumn: string;
  readonly direction: 'asc' | 'desc';
}

/** The values that a row is sorted by; every query passed to `readPage` selects them under these names. */
export interface SortValues {
  readonly sort_value: string | number;
  readonly sort_id: string;
}

/**
 * Reads one page by keyset: cursors name a place in the order, not a row or a count, so that rows that come or go
 * elsewhere neither repeat nor skip others. 25 rows unless told otherwise, at most 100. `countedBy` gives what the total
 * is counted on. Throws BAD_USER_INPUT for arguments or cursors that can't be used.
 */
export async function readPage<Name extends keyof Tables, Selected extends object, T>(
  query: SelectQueryBuilder<Tables, Name, Selected>,
  sort: Sort,
  args: PageArgs,
  toNode: (row: Selected) => T,
  countedBy: () => Promise<Kysely<Tables>>,
): Promise<Page<T>> {
  const { limit, backwards } = pageSize(args);
  const forwards = (sort.direction === 'asc') !== backwards;
  const column = sql.ref<string | number>(sort.column);
  const id = sql.ref<string>(sort.idColumn);
  let page = query.select([column.as('sort_value'), id.as('sort_id')]) as unknown as SelectQueryBuilder<
    Tables,
    Name,
    Selected & SortValues
  >;
  for (const [cursor, later] of [
    [args.after, sort.direction === 'asc'],
    [args.before, sort.direction === 'desc'],
  ] as const) {
    if (cursor !== null && cursor !== undefined)
      page = page.where(beyond(decodeCursor(cursor, sort), later, column, id));
  }
  const direction = forwards ? 'asc' : 'desc';
  const rows = await page
    .orderBy(column, direction)
    .orderBy(id, direction)
    .limit(limit + 1)
    .execute();
  const more = rows.length > limit;
  const kept = rows.slice(0, limit);
  if (backwards) kept.reverse();
  let total: Promise<number> | undefined;
  return {
    edges: kept.map((row) => new RowEdge(row, sort, toNode(row))),
    hasNextPage: backwards ? isGiven(args.before) : more,
    hasPreviousPage: backwards ? more : isGiven(args.after),
    totalCount: () => {
      total ??= countedBy().then((db) => count(query, db));
      return total;
    },
  };
}

/** Writes its cursor only where it is asked for: most lists are read by their rows. */
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
  query: SelectQueryBuilder<Tables, Name, Selected>,
  db: Kysely<Tables>,
): Promise<number> {
  const counted = query.clearSelect().select(sql<number>`count(*)`.as('total'));
  const { rows } = await db.executeQuery(counted.compile());
  return Number(rows[0]?.total ?? 0);
}

function beyond(
  [value, id]: readonly [string | number, string],
  later: boolean,
  column: Expression<string | number>,
  idColumn: Expression<string>,
): Expression<SqlBool> {
  const operator = sql.raw(later ? '>' : '<');
  return sql<SqlBool>`(${column}, ${idColumn}) ${operator} (${value}, ${id})`;
}

function pageSize({ first, last }: PageArgs): { limit: number; backwards: boolean } {
  const backwards = isGiven(last);
  if (backwards && isGiven(first)) throw new AppError('BAD_USER_INPUT', 'Use first or last, not both');
  const limit = (backwards ? last : first) ?? PAGE_DEFAULT;
  if (limit >= 0 && limit <= PAGE_MAX) return { limit, backwards };
  throw new AppError(
    'BAD_USER_INPUT',
    `${backwards ? 'last' : 'first'} is a whole number from 0 to ${PAGE_MAX}`,
  );
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

function encodeCursor(row: SortValues, sort: Sort): string {
  return Buffer.from(JSON.stringify([sort.name, row.sort_value, row.sort_id])).toString('base64url');
}

function decodeCursor(cursor: string, sort: Sort): readonly [string | number, string] {
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
    // Answered below, like every other cursor that this list did not make.
  }
  throw new AppError('BAD_USER_INPUT', 'The cursor is not one of this list in this order');
}
