import type { Io } from './io.ts';

/** Maximum number of rows of a page. */
const PAGE_MAX = 100;

/** The part of a list to read. */
export interface PageOptions {
  /** Rows per page, 100 by default. */
  readonly first?: number;
  /** The cursor to start after. */
  readonly after?: string;
  /** All pages. */
  readonly all?: true;
}

/** A page in the server's response. */
export interface Page<Row> {
  readonly nodes: readonly Row[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** Reads one page, or all pages. If there are more, prints to standard error how to get them. */
export async function readPages<Row>(
  io: Io,
  { first = PAGE_MAX, after, all }: PageOptions,
  read: (page: { first: number; after: string | null }) => Promise<Page<Row>>,
): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor = after ?? null;
  for (;;) {
    const { nodes, pageInfo } = await read({ first, after: cursor });
    rows.push(...nodes);
    const { hasNextPage, endCursor } = pageInfo;
    if (!hasNextPage) return rows;
    if (!all) {
      io.stderr.write(`There are more rows: use --all to list all, or --after ${endCursor} to continue.\n`);
      return rows;
    }
    cursor = endCursor;
  }
}

/** The first row of a list that matches, or null. Reads all pages. */
export async function findInPages<Row>(
  read: (page: { first: number; after: string | null }) => Promise<Page<Row>>,
  fits: (row: Row) => boolean,
): Promise<Row | null> {
  let after: string | null = null;
  for (;;) {
    const { nodes, pageInfo }: Page<Row> = await read({ first: PAGE_MAX, after });
    const found = nodes.find(fits);
    if (found !== undefined || !pageInfo.hasNextPage) return found ?? null;
    after = pageInfo.endCursor;
  }
}
