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
  /** Whether the list has rows after this page, and before it. Asks the database only where the page does not say so. */
  hasNextPage(): Promise<boolean>;
  hasPreviousPage(): Promise<boolean>;
  /** Counts the whole list, up to 10,000: a query of its own, run only when someone asks. */
  totalCount(): Promise<number>;
  /** Whether that is how many there are; otherwise there are at least so many. */
  isTotalCountExact(): Promise<boolean>;
}

/** How many rows a list has: exactly, or at least. */
export interface Total {
  readonly count: number;
  readonly isExact: boolean;
}

/** Maximum number of rows that are counted. */
export const COUNT_MAX = 10_000;

/** Rows of a page where the caller doesn't say. */
export const PAGE_DEFAULT = 25;

/** Maximum number of rows of a page. */
export const PAGE_MAX = 100;
