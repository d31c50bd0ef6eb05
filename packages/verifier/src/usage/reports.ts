import type { SliceLimiter, SliceRequest } from '../limits/slice-limiter.ts';
import { readReport } from '../stream/answers.ts';
import { describe } from '../stream/disconnection.ts';
import type { Link } from '../stream/link.ts';
import { REPORT } from '../stream/operations.ts';
import type { UsageBatch, UsageTotals } from './usage-totals.ts';

/** Shortest interval between reports that only contain usage, milliseconds. */
const INTERVAL_MS = 250;
const RETRY_MS_MAX = 30_000;

/** A batch that the server may or may not have recorded. It is repeated under its number until it is recorded. */
interface SentBatch extends UsageBatch {
  readonly number: number;
}

/** Hands over usage, and requests and returns slices of rate limits, with one report at a time. */
export class Reports {
  readonly #link: Link;
  readonly #totals: UsageTotals;
  readonly #limiter: SliceLimiter;
  /** Number of the last recorded batch. */
  #number = 0;
  #batch: SentBatch | null = null;
  #running: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isSoon = false;
  #failures = 0;

  constructor(link: Link, totals: UsageTotals, limiter: SliceLimiter) {
    this.#link = link;
    this.#totals = totals;
    this.#limiter = limiter;
  }

  /** Reports usage when the interval has passed. */
  later(milliseconds = INTERVAL_MS): void {
    if (this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#run();
    }, milliseconds).unref();
  }

  /** Reports after this turn of the event loop: verifications wait for it. */
  soon(): void {
    if (this.#isSoon) return;
    this.#isSoon = true;
    setImmediate(() => {
      this.#isSoon = false;
      this.#run();
    });
  }

  /** A stream began. `isSameWriter`: the server knows the batches of the last one. */
  streamBegan(isSameWriter: boolean): void {
    if (!isSameWriter) {
      // Whether it was recorded can't be found out. Counting twice would be worse than not at all.
      this.#batch = null;
      this.#number = 0;
    }
    this.#failures = 0;
    this.soon();
  }

  /** Reports everything. Resolves when it is recorded, or there is no connection. */
  async flush(): Promise<void> {
    do {
      this.#run();
      await this.#running;
    } while (this.#link.isOpen && this.#failures === 0 && this.#hasWork);
  }

  get #hasWork(): boolean {
    return this.#batch !== null || !this.#totals.isEmpty || this.#limiter.hasWork;
  }

  #run(): void {
    if (this.#running || !this.#link.isOpen) return;
    const request = this.#limiter.takeRequest();
    if (!this.#batch && !this.#totals.isEmpty)
      this.#batch = { number: this.#number + 1, ...this.#totals.take() };
    if (!request && !this.#batch) return;
    this.#running = this.#send(request, this.#batch).finally(() => {
      this.#running = null;
      if (this.#failures === 0 && this.#limiter.hasWork) this.soon();
      else if (this.#hasWork) this.later(this.#delay());
    });
  }

  #delay(): number {
    return Math.min(RETRY_MS_MAX, INTERVAL_MS * 2 ** this.#failures);
  }

  async #send(request: SliceRequest | null, batch: SentBatch | null): Promise<void> {
    try {
      const build = (stream: string) => ({ input: { stream, ...inputOf(batch), ...slicesOf(request) } });
      const { batch: recorded, slices } = await this.#link.query(REPORT, build, readReport);
      this.#failures = 0;
      // The stream may have ended, and the slices with it, while the answer was on its way.
      if (request) this.#limiter.granted(request, slices);
      if (batch && batch === this.#batch) this.#recorded(batch, recorded);
    } catch (error) {
      this.#failures += 1;
      if (request) this.#limiter.failed(request, describe(error), false);
    }
  }

  #recorded(batch: SentBatch, recorded: number): void {
    this.#number = recorded;
    // The server continues from another number, for example after its database was restored.
    this.#batch = recorded >= batch.number ? null : { ...batch, number: recorded + 1 };
  }
}

function inputOf(batch: SentBatch | null) {
  if (!batch) return {};
  const { number, uses, denials } = batch;
  return { batch: number, uses, denials };
}

function slicesOf(request: SliceRequest | null) {
  return request ? { wanted: request.wanted, returned: request.returned } : {};
}
