import { PAGE_DEFAULT, PAGE_MAX, type Page } from '../src/core/page.ts';
import { builder } from './builder.ts';

/** A page of a list in the shape of a Relay connection; the total is counted only if the field is asked for. */
export function toConnection<T extends object>(page: Page<T>) {
  const { totalCount, isTotalCountExact } = page;
  return { edges: [...page.edges], pageInfo: new PageInfo(page), totalCount, isTotalCountExact };
}

/** Where a page stands; nothing of it is worked out unless it is asked for. */
class PageInfo {
  readonly #page: Page<unknown>;

  constructor(page: Page<unknown>) {
    this.#page = page;
  }

  get hasNextPage(): boolean {
    return awaited(this.#page.hasNextPage());
  }

  get hasPreviousPage(): boolean {
    return awaited(this.#page.hasPreviousPage());
  }

  get startCursor(): string | null {
    return this.#page.edges[0]?.cursor ?? null;
  }

  get endCursor(): string | null {
    return this.#page.edges.at(-1)?.cursor ?? null;
  }
}

/** Execution waits for the values of fields, which the type of a page's facts does not know. */
function awaited<T>(value: Promise<T>): T {
  return value as T;
}

/** What a list costs: as many of each of its fields as it may return rows, and one for the query. */
export function connectionCost(args: {
  first?: number | null | undefined;
  last?: number | null | undefined;
}) {
  const rows = args.first ?? args.last ?? PAGE_DEFAULT;
  // More than a page may have is refused by the list itself, before it reads anything.
  return { field: 1, multiplier: Math.min(PAGE_MAX, Math.max(1, rows)) };
}

builder.globalConnectionField('totalCount', (t) =>
  t.int({
    description:
      'Number of rows in the whole list, 10,000 at most; counted only if selected. See `totalCountIsExact`',
    resolve: (connection) => connection.totalCount(),
  }),
);

builder.globalConnectionField('totalCountIsExact', (t) =>
  t.boolean({
    description:
      'Whether `totalCount` is the exact number of rows; if false, there are at least that many. False for lists of more than 10,000 rows, and if counting would take too long',
    resolve: (connection) => connection.isTotalCountExact(),
  }),
);
