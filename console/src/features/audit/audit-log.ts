import type { Client } from 'urql';
import { parsed } from '../../api/document.ts';
import {
  type AuditFactsFragment,
  type AuditFilter,
  AuditPageDocument,
  type AuditPageQueryVariables,
} from '../../generated/graphql.ts';

const PAGE = 50;
const PAGE_MAX = 100;

type Place = Pick<AuditPageQueryVariables, 'first' | 'after' | 'last' | 'before'>;

/** The log as it is drawn. */
export interface AuditRows {
  readonly rows: readonly AuditFactsFragment[];
  readonly hasMore: boolean;
  readonly loading: boolean;
  readonly error: Error | null;
}

const NOTHING: AuditRows = { rows: [], hasMore: false, loading: true, error: null };

/**
 * An audit log by keyset pages, the latest first. Entries never change, so that what is loaded stays, and only what is
 * older or newer is asked for.
 */
export class AuditLog {
  readonly #client: Client;
  readonly #organizationId: string;
  readonly #filter: AuditFilter;
  readonly #watchers = new Set<() => void>();
  #start: string | null = null;
  #end: string | null = null;
  #shown: AuditRows = NOTHING;
  /** What is on its way; one after the other, so that pages don't overlap. */
  #work: Promise<void> = Promise.resolve();
  #catchingUp = false;

  constructor(client: Client, organizationId: string, filter: AuditFilter) {
    this.#client = client;
    this.#organizationId = organizationId;
    this.#filter = filter;
  }

  /** Loads the first page, and follows until the returned function is called. */
  readonly watch = (changed: () => void): (() => void) => {
    this.#watchers.add(changed);
    if (this.#start === null) this.catchUp();
    return () => this.#watchers.delete(changed);
  };

  readonly rows = (): AuditRows => this.#shown;

  /** Loads older entries. */
  readonly loadMore = (): void => {
    this.#do(async () => {
      if (!this.#shown.hasMore) return;
      const { nodes, pageInfo } = await this.page({ first: PAGE, after: this.#end });
      this.#end = pageInfo.endCursor ?? this.#end;
      this.#show({ rows: [...this.#shown.rows, ...nodes], hasMore: pageInfo.hasNextPage });
    });
  };

  /** Loads what is newer than the newest that is shown. */
  readonly catchUp = (): void => {
    // One that has not begun yet brings what a second would.
    if (this.#catchingUp) return;
    this.#catchingUp = true;
    this.#do(async () => {
      this.#catchingUp = false;
      if (this.#start === null) return this.#loadFirst();
      for (let more = true; more; ) {
        const { nodes, pageInfo } = await this.page({ last: PAGE_MAX, before: this.#start });
        this.#start = pageInfo.startCursor ?? this.#start;
        this.#show({ rows: [...nodes, ...this.#shown.rows] });
        more = pageInfo.hasPreviousPage;
      }
    });
  };

  /** A page past what is shown, for the export. Rejects where the server refuses or doesn't answer. */
  async page(place: Place) {
    const variables = { organizationId: this.#organizationId, filter: this.#filter, ...place };
    const { data, error } = await this.#client
      .query(parsed(AuditPageDocument), variables, { requestPolicy: 'network-only' })
      .toPromise();
    const log = data?.organization?.auditLog;
    if (!log) throw error ?? new Error('There is no log that you may see');
    return log;
  }

  async #loadFirst(): Promise<void> {
    const { nodes, pageInfo } = await this.page({ first: PAGE });
    this.#start = pageInfo.startCursor ?? null;
    this.#end = pageInfo.endCursor ?? null;
    this.#show({ rows: nodes, hasMore: pageInfo.hasNextPage });
  }

  #do(step: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      this.#show({ loading: true, error: null });
      try {
        await step();
        this.#show({ loading: false });
      } catch (error) {
        this.#show({ loading: false, error: error instanceof Error ? error : new Error(String(error)) });
      }
    });
  }

  #show(changes: Partial<AuditRows>): void {
    this.#shown = { ...this.#shown, ...changes };
    for (const changed of this.#watchers) changed();
  }
}

/** Every entry that the filter leaves, the latest first; `progress` hears how many there are by now. */
export async function allEntries(
  log: AuditLog,
  progress: (count: number) => void,
  signal: AbortSignal,
): Promise<readonly AuditFactsFragment[]> {
  const entries: AuditFactsFragment[] = [];
  for (let after: string | null = null, more = true; more; ) {
    const { nodes, pageInfo } = await log.page({ first: PAGE_MAX, after });
    signal.throwIfAborted();
    entries.push(...nodes);
    progress(entries.length);
    after = pageInfo.endCursor ?? null;
    more = pageInfo.hasNextPage;
  }
  return entries;
}
