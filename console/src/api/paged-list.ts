import type { AnyVariables, Client } from 'urql';
import { type Document, parsed } from './document.ts';

/** A page of a list, as the API's connections are. */
export interface ListPage<Row> {
  readonly nodes: readonly Row[];
  readonly pageInfo: {
    readonly startCursor?: string | null | undefined;
    readonly endCursor?: string | null | undefined;
    readonly hasNextPage: boolean;
    readonly hasPreviousPage?: boolean;
  };
  readonly totalCount?: number | undefined;
  readonly totalCountIsExact?: boolean | undefined;
}

/** What a list contains, and how its pages are requested. */
export interface ListQuery<Result, Row, Variables> {
  readonly document: Document<Result, Variables>;
  /** The variables of the page after a cursor (null: the first page), or of the page before one. */
  variables(after: string | null, before: string | null): Variables;
  /** The page in the response, or nothing if the viewer has no access. */
  pageOf(result: Result): ListPage<Row> | null | undefined;
  /** Loads all pages automatically: for choices, which must be complete. */
  readonly whole?: boolean;
  /** Events keep it current, and report each change, so it isn't refetched when the page becomes visible again. */
  readonly live?: (changed: () => void) => () => void;
  /** The newest rows come first and never change: loaded pages are kept, and `reload` requests only newer rows. */
  readonly appendOnly?: boolean;
}

/** The state of a list. */
export interface ListRows<Row> {
  readonly rows: readonly Row[];
  /** How many rows the server has; null: unknown. */
  readonly totalCount: number | null;
  /** False: the server has at least that many. */
  readonly totalIsExact: boolean;
  readonly hasMore: boolean;
  readonly loading: boolean;
  readonly error: Error | null;
}

interface LoadedPage<Row> {
  after: string | null;
  readonly before: string | null;
  data: ListPage<Row> | null;
  /** Cancels its request and its subscription to the cache. Null: it has neither. */
  stop: (() => void) | null;
  /** `outdated`: something changed before the response to the current request. */
  request: 'pending' | 'outdated' | 'answered';
}

/** The state before the first response. */
export const NO_ROWS: ListRows<never> = {
  rows: [],
  totalCount: null,
  totalIsExact: true,
  hasMore: false,
  loading: true,
  error: null,
};

/** Delay before data that changed during a request is refetched: bounds requests during a burst of changes. */
const AGAIN_MS = 400;

/** Pages within this many rows of the visible ones also follow the cache. */
const MARGIN_ROWS = 50;

/**
 * A list loaded page by page. Pages near the visible rows follow the cache. When a page's end cursor changes, the next
 * page is requested again from there, so that no row is missing or duplicated.
 */
export class PagedList<Result, Row extends { readonly id: string }, Variables extends AnyVariables> {
  readonly #client: Client;
  readonly #query: ListQuery<Result, Row, Variables>;
  readonly #watchers = new Set<() => void>();
  readonly #pages: LoadedPage<Row>[] = [emptyPage({ after: null })];
  #shown: ListRows<Row> = NO_ROWS;
  #error: Error | null = null;
  #visible = { first: 0, last: Number.POSITIVE_INFINITY };
  /** Newer rows were requested while another such request was pending. */
  #isBehind = false;

  constructor(client: Client, query: ListQuery<Result, Row, Variables>) {
    this.#client = client;
    this.#query = query;
  }

  /** Loads the first page, and follows the list until the returned function is called. */
  readonly watch = (changed: () => void): (() => void) => {
    this.#watchers.add(changed);
    this.#follow();
    const stopEvents = this.#query.live?.(() => {
      // The response may predate the change, and would revert it.
      for (const page of this.#pages) if (page.request === 'pending') page.request = 'outdated';
    });
    return () => {
      stopEvents?.();
      this.#watchers.delete(changed);
      if (this.#watchers.size === 0) for (const page of this.#pages) stop(page);
    };
  };

  readonly rows = (): ListRows<Row> => this.#shown;

  /** Sets the visible rows. By default, all are considered visible. */
  readonly look = (first: number, last: number): void => {
    this.#visible = { first, last };
    this.#follow();
  };

  /** Loads the next page, or retries one that failed. Does nothing while loading. */
  readonly loadMore = (): void => {
    const last = this.#pages.at(-1);
    if (last?.data?.pageInfo.hasNextPage)
      this.#pages.push(emptyPage({ after: last.data.pageInfo.endCursor ?? null }));
    else if (last && !last.data && this.#error) stop(last);
    else return;
    this.#error = null;
    this.#follow();
    this.#draw();
  };

  /** Refetches the loaded pages, or only newer rows of an append-only list. Rows stay until the response. */
  readonly reload = (): void => {
    this.#error = null;
    if (this.#query.appendOnly) this.#catchUp();
    else for (const page of this.#pages) stop(page);
    this.#follow();
    this.#draw();
  };

  #catchUp(): void {
    const [first] = this.#pages;
    const newest = first?.data?.pageInfo.startCursor;
    if (first?.stop) this.#isBehind = true;
    else if (newest) this.#pages.unshift(emptyPage({ before: newest }));
    else if (first) this.#enter(first);
  }

  #follow(): void {
    if (this.#watchers.size === 0) return;
    const { first, last } = this.#visible;
    let row = 0;
    for (const page of this.#pages) {
      const end = row + (page.data?.nodes.length ?? 0);
      const isNear = row <= last + MARGIN_ROWS && end >= first - MARGIN_ROWS;
      if (!page.data || (isNear && !this.#query.appendOnly)) this.#enter(page);
      else if (!isNear) stop(page);
      row = end;
    }
  }

  #enter(page: LoadedPage<Row>): void {
    if (page.stop) return;
    const { document, variables, pageOf, appendOnly } = this.#query;
    const request = { stopped: false, unsubscribe: () => {} };
    page.request = 'pending';
    page.stop = () => {
      request.stopped = true;
      request.unsubscribe();
    };
    const { unsubscribe } = this.#client
      .query(parsed(document), variables(page.after, page.before), {
        requestPolicy: appendOnly ? 'network-only' : 'cache-and-network',
      })
      .subscribe(({ data, error, stale }) => {
        if (request.stopped) return;
        const loaded = data ? pageOf(data) : null;
        // During a refetch the cache has a gap, so the current rows stay until the response.
        if (stale && !loaded) return;
        if (appendOnly) stop(page);
        if (!stale) this.#answered(page);
        this.#error = error ?? (loaded ? null : new Error('You have no access to this'));
        if (loaded) this.#take(page, loaded);
        this.#draw();
      });
    request.unsubscribe = unsubscribe;
    if (request.stopped) unsubscribe();
  }

  #answered(page: LoadedPage<Row>): void {
    const again = page.stop;
    if (page.request === 'outdated')
      setTimeout(() => {
        if (page.stop !== again) return;
        stop(page);
        this.#follow();
      }, AGAIN_MS);
    page.request = 'answered';
  }

  #take(page: LoadedPage<Row>, data: ListPage<Row>): void {
    page.data = data;
    if (this.#query.appendOnly) this.#takeNewer(page, data);
    else this.#chain(page, data);
    this.#follow();
  }

  #takeNewer(page: LoadedPage<Row>, { nodes, pageInfo }: ListPage<Row>): void {
    const isNewer = page.before !== null;
    const isBehind = this.#isBehind || (isNewer && pageInfo.hasPreviousPage);
    this.#isBehind = false;
    if (isNewer && nodes.length === 0) this.#pages.splice(this.#pages.indexOf(page), 1);
    if (isBehind) this.#catchUp();
  }

  #chain(page: LoadedPage<Row>, { pageInfo }: ListPage<Row>): void {
    const index = this.#pages.indexOf(page);
    const next = this.#pages[index + 1];
    const { endCursor = null, hasNextPage } = pageInfo;
    if (!hasNextPage) for (const gone of this.#pages.splice(index + 1)) stop(gone);
    else if (!next && this.#query.whole) this.#pages.push(emptyPage({ after: endCursor }));
    else if (next && next.after !== endCursor) {
      stop(next);
      next.after = endCursor;
    }
  }

  #draw(): void {
    const rows = new Map<string, Row>();
    for (const { data } of this.#pages) for (const row of data?.nodes ?? []) rows.set(row.id, row);
    const [first] = this.#pages;
    const last = this.#pages.at(-1);
    this.#shown = {
      rows: [...rows.values()],
      totalCount: first?.data?.totalCount ?? null,
      totalIsExact: first?.data?.totalCountIsExact ?? true,
      hasMore: last?.data ? last.data.pageInfo.hasNextPage : this.#pages.length > 1,
      loading: !last?.data && !this.#error,
      error: this.#error,
    };
    for (const changed of this.#watchers) changed();
  }
}

function emptyPage(position: { after: string | null } | { before: string }): LoadedPage<never> {
  return { after: null, before: null, ...position, data: null, stop: null, request: 'answered' };
}

function stop(page: LoadedPage<unknown>): void {
  page.stop?.();
  page.stop = null;
}
