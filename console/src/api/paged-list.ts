import type { AnyVariables, Client } from 'urql';
import { type Document, parsed } from './document.ts';

/** A page of a list, as the API's connections are. */
export interface ListPage<Row> {
  readonly nodes: readonly Row[];
  readonly pageInfo: { readonly endCursor?: string | null | undefined; readonly hasNextPage: boolean };
  readonly totalCount?: number | undefined;
  readonly totalCountIsExact?: boolean | undefined;
}

/** What a list is of, and how it is asked for. */
export interface ListQuery<Result, Row, Variables> {
  readonly document: Document<Result, Variables>;
  /** The variables of the page after this cursor; null: of the first. */
  variables(after: string | null): Variables;
  /** The page within the answer; nothing where the viewer may not see it. */
  pageOf(result: Result): ListPage<Row> | null | undefined;
  /** Loads page after page by itself: for choices, which have to be whole. */
  readonly whole?: boolean;
}

/** A list as it is drawn. */
export interface ListRows<Row> {
  readonly rows: readonly Row[];
  /** How many the server has; null: not known. */
  readonly totalCount: number | null;
  /** Otherwise it has at least so many. */
  readonly totalIsExact: boolean;
  readonly hasMore: boolean;
  readonly loading: boolean;
  readonly error: Error | null;
}

interface LoadedPage<Row> {
  after: string | null;
  data: ListPage<Row> | null;
  /** Ends its subscription to the cache; null: it has none. */
  leave: (() => void) | null;
}

/** Nothing yet. */
export const NO_ROWS: ListRows<never> = {
  rows: [],
  totalCount: null,
  totalIsExact: true,
  hasMore: false,
  loading: true,
  error: null,
};

/**
 * A list by keyset pages. Each page follows the cache; where a row comes or goes, the pages after it are read anew from
 * where the one before them ends, so that no row is lost or there twice.
 */
export class PagedList<Result, Row extends { readonly id: string }, Variables extends AnyVariables> {
  readonly #client: Client;
  readonly #query: ListQuery<Result, Row, Variables>;
  readonly #watchers = new Set<() => void>();
  #pages: LoadedPage<Row>[] = [];
  #shown: ListRows<Row> = NO_ROWS;
  #error: Error | null = null;

  constructor(client: Client, query: ListQuery<Result, Row, Variables>) {
    this.#client = client;
    this.#query = query;
  }

  /** Loads the first page, and follows the list until the returned function is called. */
  readonly watch = (changed: () => void): (() => void) => {
    this.#watchers.add(changed);
    if (this.#pages.length === 0) this.#pages = [{ after: null, data: null, leave: null }];
    for (const page of this.#pages) this.#enter(page);
    // Others may have changed the list meanwhile.
    const look = () => document.visibilityState === 'visible' && this.reload();
    document.addEventListener('visibilitychange', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      this.#watchers.delete(changed);
      if (this.#watchers.size > 0) return;
      for (const page of this.#pages) leave(page);
    };
  };

  readonly rows = (): ListRows<Row> => this.#shown;

  /** Loads the next page, unless one is on its way. */
  readonly loadMore = (): void => {
    const last = this.#pages.at(-1);
    if (!last?.data?.pageInfo.hasNextPage) return;
    this.#add(last.data.pageInfo.endCursor ?? null);
    this.#draw();
  };

  /** Asks the server again for all that is loaded; it stays until the answers are there. */
  readonly reload = (): void => {
    this.#error = null;
    for (const page of this.#pages) {
      leave(page);
      this.#enter(page);
    }
    this.#draw();
  };

  #add(after: string | null): void {
    const page = { after, data: null, leave: null };
    this.#pages = [...this.#pages, page];
    this.#enter(page);
  }

  #enter(page: LoadedPage<Row>): void {
    if (page.leave) return;
    let left = false;
    page.leave = () => {
      left = true;
    };
    const { unsubscribe } = this.#client
      .query(parsed(this.#query.document), this.#query.variables(page.after), {
        requestPolicy: 'cache-and-network',
      })
      .subscribe(({ data, error, stale }) => {
        if (left) return;
        const answer = data ? (this.#query.pageOf(data) ?? null) : null;
        // While the server is asked again the cache has a gap where the list was: it stays until the answer is there.
        if (stale && !answer) return;
        this.#error = error ?? null;
        if (data) this.#take(page, answer);
        this.#draw();
      });
    if (left) unsubscribe();
    else
      page.leave = () => {
        left = true;
        unsubscribe();
      };
  }

  #take(page: LoadedPage<Row>, data: ListPage<Row> | null): void {
    page.data = data;
    const index = this.#pages.indexOf(page);
    const next = this.#pages[index + 1];
    const { endCursor = null, hasNextPage = false } = data?.pageInfo ?? {};
    if (!next) {
      if (hasNextPage && this.#query.whole) this.#add(endCursor);
      return;
    }
    if (!hasNextPage) {
      for (const gone of this.#pages.splice(index + 1)) leave(gone);
    } else if (next.after !== endCursor) {
      leave(next);
      next.after = endCursor;
      this.#enter(next);
    }
  }

  #draw(): void {
    const rows = new Map<string, Row>();
    for (const { data } of this.#pages) for (const row of data?.nodes ?? []) rows.set(row.id, row);
    const last = this.#pages.at(-1);
    this.#shown = {
      rows: [...rows.values()],
      totalCount: this.#pages[0]?.data?.totalCount ?? null,
      totalIsExact: this.#pages[0]?.data?.totalCountIsExact ?? true,
      hasMore: last?.data?.pageInfo.hasNextPage ?? false,
      loading: !last?.data && !this.#error,
      error: this.#error,
    };
    for (const changed of this.#watchers) changed();
  }
}

function leave(page: LoadedPage<unknown>): void {
  page.leave?.();
  page.leave = null;
}
