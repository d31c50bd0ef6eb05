import { PAGE_DEFAULT, PAGE_MAX, type Page } from '../src/core/page.ts';
import { builder } from './builder.ts';

/** Converts a page to a Relay connection. The total is counted only if the field is selected. */
export function toConnection<T extends object>(page: Page<T>) {
  const { totalCount, isTotalCountExact } = page;
  return { edges: [...page.edges], pageInfo: new PageInfo(page), totalCount, isTotalCountExact };
}

/** Information about a page, computed only for the selected fields. */
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

/** Pothos types page info as plain values, but execution awaits promises. */
function awaited<T>(value: Promise<T>): T {
  return value as T;
}

/** Cost of a list: one for the query, and its fields once for each row it may return. */
export function connectionCost(args: {
  first?: number | null | undefined;
  last?: number | null | undefined;
}) {
  const rows = args.first ?? args.last ?? PAGE_DEFAULT;
  // The list itself rejects a larger page size before it reads anything.
  return { field: 1, multiplier: Math.min(PAGE_MAX, Math.max(1, rows)) };
}

builder.globalConnectionField('totalCount', (t) =>
  t.int({
    description:
      'Number of rows in the whole list, 10,000 at most. Counted only if selected. See `totalCountIsExact`',
    resolve: (connection) => connection.totalCount(),
  }),
);

builder.globalConnectionField('totalCountIsExact', (t) =>
  t.boolean({
    description:
      'Whether `totalCount` is exact. If false, the list has at least that many rows: it has more than 10,000, or counting them would take too long',
    resolve: (connection) => connection.isTotalCountExact(),
  }),
);
