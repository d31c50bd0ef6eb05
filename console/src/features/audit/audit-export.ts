import { RequestError } from '../../api/ask.ts';
import type { AuditFactsFragment, AuditPageQuery } from '../../generated/graphql.ts';
import { type AuditFormat, auditPart } from './audit-file.ts';

/** A page of the log. Null: the viewer has no access. */
export type AuditPage =
  | NonNullable<NonNullable<AuditPageQuery['organization']>['auditLog']>
  | null
  | undefined;

/** How far an export is. */
export interface ExportProgress {
  /** Entries so far. */
  readonly count: number;
  /** Time of the oldest of them. Null: none yet. */
  readonly oldest: string | null;
  /** Whether it waits, because the viewer has used up the rate limit. */
  readonly isWaiting: boolean;
}

const TYPES: Readonly<Record<AuditFormat, string>> = {
  csv: 'text/csv;charset=utf-8',
  json: 'application/json',
};

/** How long to wait after the rate limit was reached, milliseconds. Its window is a minute. */
const WAIT_MS = 10_000;

/**
 * An export of all entries that match, newest first, page by page. Pages are kept as Blobs, which browsers move to the
 * disk, because only some browsers can write to a file directly. There is no file until the last page is loaded.
 */
export class AuditExport {
  readonly #format: AuditFormat;
  readonly #load: (after: string | null) => Promise<AuditPage>;
  readonly #wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly #parts: Blob[] = [];
  #after: string | null = null;
  #isWhole = false;
  #progress: ExportProgress = { count: 0, oldest: null, isWaiting: false };

  constructor(
    format: AuditFormat,
    load: (after: string | null) => Promise<AuditPage>,
    wait: (ms: number, signal: AbortSignal) => Promise<void> = waitFor,
  ) {
    this.#format = format;
    this.#load = load;
    this.#wait = wait;
  }

  get progress(): ExportProgress {
    return this.#progress;
  }

  /**
   * Loads all pages and returns the file. Rejects if a page can't be loaded; calling it again continues with that page.
   * Rejects with the reason of the signal once it is aborted.
   */
  async run(signal: AbortSignal, changed: (progress: ExportProgress) => void): Promise<Blob> {
    const report = (changes: Partial<ExportProgress>) => {
      this.#progress = { ...this.#progress, ...changes };
      changed(this.#progress);
    };
    while (!this.#isWhole) {
      const page = await this.#page(signal, report);
      const { nodes, pageInfo } = page;
      const { count } = this.#progress;
      const place = {
        before: count,
        isFirst: this.#parts.length === 0,
        isLast: !pageInfo.hasNextPage,
      };
      this.#parts.push(new Blob([auditPart(nodes, this.#format, place)]));
      this.#after = pageInfo.endCursor ?? null;
      this.#isWhole = place.isLast;
      report({
        count: count + nodes.length,
        oldest: nodes.at(-1)?.occurredAt ?? this.#progress.oldest,
      });
    }
    return new Blob(this.#parts, { type: TYPES[this.#format] });
  }

  async #page(
    signal: AbortSignal,
    report: (changes: Partial<ExportProgress>) => void,
  ): Promise<{ nodes: readonly AuditFactsFragment[]; pageInfo: NonNullable<AuditPage>['pageInfo'] }> {
    for (;;) {
      signal.throwIfAborted();
      try {
        const page = await this.#load(this.#after);
        signal.throwIfAborted();
        if (!page) throw new Error('You have no access to the audit log');
        return page;
      } catch (error) {
        if (!(error instanceof RequestError) || error.code !== 'RATE_LIMITED') throw error;
        report({ isWaiting: true });
        await this.#wait(WAIT_MS, signal);
        report({ isWaiting: false });
      }
    }
  }
}

function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
