/** The arguments of a Relay connection (GraphQL Cursor Connections Specification, 4). */
export interface PageArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** Some rows of a list, each with its cursor, in the list's order. */
export interface Page<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[];
  /** Whether the list has rows after and before this page. Queries the database only if the page does not tell. */
  hasNextPage(): Promise<boolean>;
  hasPreviousPage(): Promise<boolean>;
  /** Counts the whole list, up to 10,000, with a query of its own. Called only if the total is selected. */
  totalCount(): Promise<number>;
  /** Whether the count is exact. If false, there are at least this many. */
  isTotalCountExact(): Promise<boolean>;
}

/** The number of rows of a list: exact, or a lower bound. */
export interface Total {
  readonly count: number;
  readonly isExact: boolean;
}

/** Maximum number of rows that are counted. */
export const COUNT_MAX = 10_000;

/** Default number of rows of a page. */
export const PAGE_DEFAULT = 25;

/** Maximum number of rows of a page. */
export const PAGE_MAX = 100;
