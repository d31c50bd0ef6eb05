import { PAGE_DEFAULT, PAGE_MAX, type Page } from '../src/core/page.ts';
import { builder } from './builder.ts';

/** A page of a list in the shape of a Relay connection; the total is counted only if the field is asked for. */
export function toConnection<T extends object>(page: Page<T>) {
  return { edges: [...page.edges], pageInfo: new PageInfo(page), totalCount: page.totalCount };
}

/** Where a page stands; its cursors are written only where they are asked for. */
class PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly #edges: Page<unknown>['edges'];

  constructor({ hasNextPage, hasPreviousPage, edges }: Page<unknown>) {
    this.hasNextPage = hasNextPage;
    this.hasPreviousPage = hasPreviousPage;
    this.#edges = edges;
  }

  get startCursor(): string | null {
    return this.#edges[0]?.cursor ?? null;
  }

  get endCursor(): string | null {
    return this.#edges.at(-1)?.cursor ?? null;
  }
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
    description: 'How many rows the whole list has; counted only when asked for',
    resolve: (connection) => connection.totalCount(),
  }),
);
