import { readReport } from '../stream/answers.ts';
import type { Link } from '../stream/link.ts';
import { REPORT } from '../stream/operations.ts';
import { RefusedError } from '../stream/refused-error.ts';
import { Batches, type SentBatch } from './batches.ts';
import type { UsageTotals } from './usage-totals.ts';

/** From the first use to its report, milliseconds: what follows in that time goes into the same report. */
const INTERVAL_MS = 250;
const RETRY_MS_MAX = 30_000;

/** Size of a report without its entries, bytes. */
const OVERHEAD_BYTES = Buffer.byteLength(REPORT) + 250;

/** Hands over usage in numbered batches, one at a time. */
export class UsageReports {
  readonly #link: Link;
  readonly #batches: Batches;
  #running: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #failures = 0;

  constructor(link: Link, totals: UsageTotals) {
    this.#link = link;
    this.#batches = new Batches(totals);
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
    this.#running = this.#send(batch).finally(() => {
      this.#running = null;
      if (!this.#batches.isEmpty) this.later();
    });
  }

  /** Without a batch, it asks for the number of the last one. */
  async #send(batch: SentBatch | null): Promise<void> {
    const { number, uses, denials } = batch ?? {};
    try {
      const build = (stream: string) => ({ input: { stream, batch: number, uses, denials } });
      const { batch: recorded } = await this.#link.query(REPORT, build, readReport);
      this.#failures = 0;
      this.#batches.answered(batch, recorded);
    } catch (error) {
      const isRefused = error instanceof RefusedError;
      if (!batch || !isRefused) this.#failures += 1;
      if (batch && isRefused) this.#batches.refused(batch);
    }
  }
}
