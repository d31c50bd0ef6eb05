import type { Client, CombinedError } from 'urql';
import { parsed } from '../../../api/document.ts';
import {
  type ApiKeyFilter,
  type ApiKeyOrder,
  type KeyFactsFragment,
  KeyPageDocument,
  type KeyPageQuery,
} from '../../../generated/graphql.ts';

/** What a list is of. */
export interface KeyListQuery {
  readonly organizationId: string;
  readonly filter: ApiKeyFilter;
  readonly orderBy: ApiKeyOrder;
}

/** A list as it is drawn. */
export interface KeyRows {
  readonly rows: readonly KeyFactsFragment[];
  /** How many there were on the server when the list was opened; null: not known yet. */
  readonly totalCount: number | null;
  /** Otherwise there were at least so many. */
  readonly totalIsExact: boolean;
  readonly hasMore: boolean;
  readonly loading: boolean;
  readonly error: CombinedError | null;
}

interface Page {
  readonly after: string | null;
  data: KeyPageQuery['apiKeys'] | null;
  /** Ends its subscription to the cache; null: nobody sees it, and it stays as it was. */
  leave: (() => void) | null;
}

const NO_ROWS: KeyRows = {
  rows: [],
  totalCount: null,
  totalIsExact: true,
  hasMore: false,
  loading: true,
  error: null,
};

/** Pages on either side of those on the screen that follow the cache, too. */
const MARGIN_ROWS = 50;

/**
 * The keys of a list, page by page as somebody scrolls. Each page is a query of its own, so that a change is read from the
 * cache for the page it is in; pages far from the screen don't follow the cache until they are near again.
 */
export class KeyList {
  readonly #client: Client;
  readonly #query: KeyListQuery;
  readonly #watchers = new Set<() => void>();
  #pages: Page[] = [];
  #shown: KeyRows = NO_ROWS;
  #error: CombinedError | null = null;
  #visible: { first: number; last: number } = { first: 0, last: 0 };

  constructor(client: Client, query: KeyListQuery) {
    this.#client = client;
    this.#query = query;
  }

  /** Loads the first page, and follows the list until the returned function is called. */
  readonly watch = (changed: () => void): (() => void) => {
    this.#watchers.add(changed);
    if (this.#pages.length === 0) this.#pages = [{ after: null, data: null, leave: null }];
    this.#follow();
    return () => {
      this.#watchers.delete(changed);
      if (this.#watchers.size > 0) return;
      for (const page of this.#pages) this.#leave(page);
    };
  };

  readonly rows = (): KeyRows => this.#shown;

  /** Says which rows are on the screen. */
  look(first: number, last: number): void {
    this.#visible = { first, last };
    this.#follow();
  }

  /** Loads the next page, unless one is on its way. */
  loadMore(): void {
    const last = this.#pages.at(-1);
    if (!last?.data?.pageInfo.hasNextPage) return;
    this.#pages = [...this.#pages, { after: last.data.pageInfo.endCursor ?? null, data: null, leave: null }];
    this.#follow();
    this.#draw();
  }

  /** Asks again for what could not be loaded. */
  retry(): void {
    this.#error = null;
    for (const page of this.#pages) this.#leave(page);
    this.#follow();
    this.#draw();
  }

  #follow(): void {
    if (this.#watchers.size === 0) return;
    let row = 0;
    for (const page of this.#pages) {
      const count = page.data?.nodes.length ?? 0;
      const isNear =
        row <= this.#visible.last + MARGIN_ROWS && row + count >= this.#visible.first - MARGIN_ROWS;
      if (!page.data || isNear) this.#enter(page);
      else this.#leave(page);
      row += count;
    }
  }

  #enter(page: Page): void {
    if (page.leave) return;
    let left = false;
    page.leave = () => {
      left = true;
    };
    const { after } = page;
    const variables = { ...this.#query, after, counted: after === null };
    const { unsubscribe } = this.#client
      .query(parsed(KeyPageDocument), variables, { requestPolicy: 'cache-and-network' })
      .subscribe(({ data, error }) => {
        if (left) return;
        this.#error = error ?? null;
        if (data) page.data = data.apiKeys;
        this.#draw();
      });
    if (left) unsubscribe();
    else
      page.leave = () => {
        left = true;
        unsubscribe();
      };
  }

  #leave(page: Page): void {
    page.leave?.();
    page.leave = null;
  }

  #draw(): void {
    const rows = this.#pages.flatMap(({ data }) => data?.nodes ?? []);
    const seen = new Set<string>();
    this.#shown = {
      // A key that came while the pages were read may stand in two of them.
      rows: rows.filter(({ id }) => !seen.has(id) && seen.add(id)),
      totalCount: this.#pages[0]?.data?.totalCount ?? null,
      totalIsExact: this.#pages[0]?.data?.totalCountIsExact ?? true,
      hasMore: this.#pages.at(-1)?.data?.pageInfo.hasNextPage ?? false,
      loading: this.#error === null && this.#pages.some(({ data }) => data === null),
      error: this.#error,
    };
    for (const changed of this.#watchers) changed();
  }
}
