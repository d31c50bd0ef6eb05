import { readReport } from '../stream/answers.ts';
import { describe } from '../stream/disconnection.ts';
import type { Link } from '../stream/link.ts';
import { REPORT } from '../stream/operations.ts';
import { RefusedError } from '../stream/refused-error.ts';
import type { SliceLimiter, SliceRequest } from './slice-limiter.ts';

/** After a failed report, slices are returned again after this time, doubled for each failure, milliseconds. */
const RETRY_MS = 250;
const RETRY_MS_MAX = 30_000;

/** Size of a report without its slices, bytes. */
const OVERHEAD_BYTES = Buffer.byteLength(REPORT) + 250;

/**
 * Requests and returns slices of rate limits, with one report at a time. Reports of usage are separate, because they take
 * as long as the database, and verifications wait for slices.
 */
export class SliceReports {
  readonly #link: Link;
  readonly #limiter: SliceLimiter;
  #running: Promise<void> | null = null;
  #isSoon = false;
  #failures = 0;

  constructor(link: Link, limiter: SliceLimiter) {
    this.#link = link;
    this.#limiter = limiter;
  }

  /** Reports after this turn of the event loop, so that requests of one turn share a report. */
  soon(): void {
    if (this.#isSoon || this.#running) return;
    this.#isSoon = true;
    setImmediate(() => {
      this.#isSoon = false;
      this.#run();
    });
  }

  /** Resolves when everything is returned, or there is no connection. */
  async flush(): Promise<void> {
    do {
      this.#run();
      await this.#running;
    } while (this.#link.isOpen && this.#failures === 0 && this.#limiter.hasWork);
  }

  #run(): void {
    if (this.#running || !this.#link.isOpen) return;
    const request = this.#limiter.takeRequest(this.#link.messageSize.bytes - OVERHEAD_BYTES);
    if (!request) return;
    this.#running = this.#send(request).finally(() => {
      this.#running = null;
      if (!this.#limiter.hasWork) return;
      if (this.#failures === 0) this.soon();
      else setTimeout(() => this.#run(), this.#retryMs).unref();
    });
  }

  get #retryMs(): number {
    return Math.min(RETRY_MS_MAX, RETRY_MS * 2 ** this.#failures);
  }

  async #send(request: SliceRequest): Promise<void> {
    const { wanted, returned } = request;
    try {
      const build = (stream: string) => ({ input: { stream, wanted, returned } });
      const { slices } = await this.#link.query(REPORT, build, readReport);
      this.#failures = 0;
      this.#limiter.granted(request, slices);
    } catch (error) {
      this.#failures += 1;
      this.#limiter.failed(request, describe(error), error instanceof RefusedError);
    }
  }
}
