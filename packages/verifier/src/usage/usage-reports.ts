import { readReport } from '../stream/answers.ts';
import type { Link } from '../stream/link.ts';
import { REPORT } from '../stream/operations.ts';
import type { UsageBatch, UsageTotals } from './usage-totals.ts';

/** From the first use to its report, milliseconds: what follows in that time goes into the same report. */
const INTERVAL_MS = 250;
const RETRY_MS_MAX = 30_000;

/** A batch that the server may or may not have recorded. It is repeated under its number until it is recorded. */
interface SentBatch extends UsageBatch {
  readonly number: number;
}

/** Hands over usage in numbered batches, one at a time. */
export class UsageReports {
  readonly #link: Link;
  readonly #totals: UsageTotals;
  /** Number of the last recorded batch. */
  #number = 0;
  #batch: SentBatch | null = null;
  #running: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #failures = 0;

  constructor(link: Link, totals: UsageTotals) {
    this.#link = link;
    this.#totals = totals;
  }

  /** Reports after the interval, or a longer one after failures. */
  later(): void {
    if (this.#timer !== null) return;
    const delay = Math.min(RETRY_MS_MAX, INTERVAL_MS * 2 ** this.#failures);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#run();
    }, delay).unref();
  }

  /** A stream began. `isSameWriter`: the server knows the batches of the last one. */
  streamBegan(isSameWriter: boolean): void {
    if (!isSameWriter) {
      // Whether it was recorded can't be found out. Counting twice would be worse than not at all.
      this.#batch = null;
      this.#number = 0;
    }
    this.#failures = 0;
    this.#run();
  }

  /** Reports everything. Resolves when it is recorded, or there is no connection. */
  async flush(): Promise<void> {
    do {
      this.#run();
      await this.#running;
    } while (this.#link.isOpen && this.#failures === 0 && this.#hasWork);
  }

  get #hasWork(): boolean {
    return this.#batch !== null || !this.#totals.isEmpty;
  }

  #run(): void {
    if (this.#running || !this.#link.isOpen || !this.#hasWork) return;
    this.#batch ??= { number: this.#number + 1, ...this.#totals.take() };
    this.#running = this.#send(this.#batch).finally(() => {
      this.#running = null;
      if (this.#hasWork) this.later();
    });
  }

  async #send(batch: SentBatch): Promise<void> {
    const { number, uses, denials } = batch;
    try {
      const build = (stream: string) => ({ input: { stream, batch: number, uses, denials } });
      const { batch: recorded } = await this.#link.query(REPORT, build, readReport);
      this.#failures = 0;
      if (batch === this.#batch) this.#recorded(batch, recorded);
    } catch {
      this.#failures += 1;
    }
  }

  #recorded(batch: SentBatch, recorded: number): void {
    this.#number = recorded;
    // The server continues from another number, for example after its database was restored.
    this.#batch = recorded >= batch.number ? null : { ...batch, number: recorded + 1 };
  }
}
