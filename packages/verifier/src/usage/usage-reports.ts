import { readReport } from '../stream/answers.ts';
import type { Link } from '../stream/link.ts';
import { REPORT } from '../stream/operations.ts';
import { RefusedError } from '../stream/refused-error.ts';
import { Batches, type SentBatch } from './batches.ts';
import type { UsageTotals } from './usage-totals.ts';

/** The server says how long usage is collected before it is reported, within these bounds: milliseconds. */
const INTERVAL_MS = { least: 250, most: 10_000 };
const RETRY_MS_MAX = 30_000;

/** Size of a report without its entries, bytes. */
const OVERHEAD_BYTES = Buffer.byteLength(REPORT) + 250;

/** Hands over usage in numbered batches, one at a time. */
export class UsageReports {
  readonly #link: Pick<Link, 'isOpen' | 'query' | 'messageSize'>;
  readonly #batches: Batches;
  #running: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** When the timer ends, by `performance.now()`. */
  #dueAt = Number.POSITIVE_INFINITY;
  #intervalMs = INTERVAL_MS.least;
  #failures = 0;

  constructor(link: Pick<Link, 'isOpen' | 'query' | 'messageSize'>, totals: UsageTotals) {
    this.#link = link;
    this.#batches = new Batches(totals);
  }

  /** Reports after the interval, or a longer one after failures, together with what follows in that time. */
  later(intervalMs = this.#intervalMs): void {
    const delay = this.#failures === 0 ? intervalMs : Math.max(intervalMs, this.#retryMs);
    const dueAt = performance.now() + delay;
    if (this.#timer !== null) {
      if (this.#dueAt <= dueAt) return;
      clearTimeout(this.#timer);
    }
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#run();
    }, delay).unref();
  }

  get #retryMs(): number {
    return Math.min(RETRY_MS_MAX, INTERVAL_MS.least * 2 ** this.#failures);
  }

  /** A stream began. `isSameWriter`: the server knows the batches of the last one. `reportMs`: the interval. */
  streamBegan(isSameWriter: boolean, reportMs: number): void {
    this.#setInterval(reportMs);
    if (!isSameWriter) this.#batches.restart();
    this.#failures = 0;
    this.#run();
  }

  /** Reports everything. Resolves when it is recorded, or there is no connection. */
  async flush(): Promise<void> {
    do {
      this.#run();
      await this.#running;
    } while (this.#link.isOpen && this.#failures === 0 && !this.#batches.isEmpty);
  }

  /** Number of verifications that the server has refused to record. */
  get lostUses(): number {
    return this.#batches.lost;
  }

  #run(): void {
    if (this.#running || !this.#link.isOpen || this.#batches.isEmpty) return;
    const batch = this.#batches.next(this.#link.messageSize.bytes - OVERHEAD_BYTES);
    // More keys than fit into a batch would otherwise wait for further intervals.
    const intervalMs = this.#batches.hasRest ? INTERVAL_MS.least : undefined;
    this.#running = this.#send(batch).finally(() => {
      this.#running = null;
      if (!this.#batches.isEmpty) this.later(intervalMs);
    });
  }

  #setInterval(reportMs: number): void {
    this.#intervalMs = Math.min(INTERVAL_MS.most, Math.max(INTERVAL_MS.least, reportMs));
  }

  /** Without a batch, it asks for the number of the last one. */
  async #send(batch: SentBatch | null): Promise<void> {
    const { number, uses, denials } = batch ?? {};
    try {
      const build = (stream: string) => ({ input: { stream, batch: number, uses, denials } });
      const { batch: recorded, reportMs } = await this.#link.query(REPORT, build, readReport);
      this.#failures = 0;
      this.#setInterval(reportMs);
      this.#batches.answered(batch, recorded);
    } catch (error) {
      const isRefused = error instanceof RefusedError;
      if (!batch || !isRefused) this.#failures += 1;
      if (batch && isRefused) this.#batches.refused(batch);
    }
  }
}
