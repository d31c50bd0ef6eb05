import { VerifierUnavailableError } from '../verifier-unavailable-error.ts';
import { deferred } from './deferred.ts';
import type { Disconnection } from './disconnection.ts';

/** Before the first attempt after a stream that worked, and from one attempt to the next, milliseconds. */
const FIRST_MS = 200;
const BACKOFF_MS = { min: 500, max: 30_000 };

/** After the server has rejected the credential: it won't accept it soon. */
const REJECTED_MS = 30_000;

/** Opens connections, with pauses that grow and are random, so that many verifiers don't return at the same time. */
export class Reconnecting {
  readonly #open: () => void;
  #failures = 0;
  #timer: NodeJS.Timeout | null = null;
  #isStopped = false;
  /** Resolved when the attempt under way succeeds, rejected when it fails. Null: waiting after a failure. */
  #attempt = deferred<void>();
  #isWaiting = false;
  #hasWorked = false;
  #last: Disconnection | null = null;

  constructor(open: () => void) {
    this.#open = open;
    this.#attempt.promise.catch(() => {});
  }

  start(): void {
    this.#open();
  }

  succeeded(): void {
    this.#hasWorked = true;
    this.#failures = 0;
    this.#isWaiting = false;
    this.#attempt.resolve();
  }

  /** A stream that worked has ended, or an attempt has failed. */
  failed(reason: Disconnection): void {
    this.#last = reason;
    this.#attempt.reject(this.#error());
    if (this.#isStopped) return;
    this.#attempt = deferred();
    this.#attempt.promise.catch(() => {});
    // Right after a stream that worked, another server may take over: verifications wait for that attempt.
    this.#isWaiting = !this.#hasWorked || reason.isRejected;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#open();
    }, this.#delay(reason));
    this.#failures += 1;
    this.#hasWorked = false;
  }

  #delay({ isRejected }: Disconnection): number {
    if (isRejected) return REJECTED_MS * (1 + Math.random());
    if (this.#hasWorked) return FIRST_MS * Math.random();
    const longest = Math.min(BACKOFF_MS.max, BACKOFF_MS.min * 2 ** this.#failures);
    return longest * (0.5 + Math.random() / 2);
  }

  /** Resolves when the attempt under way succeeds. Rejects if it fails, takes longer, or if the last one has failed. */
  async attempt(timeoutMs: number): Promise<void> {
    if (this.#isStopped || this.#isWaiting) throw this.#error();
    const timeout = deferred<never>();
    const timer = setTimeout(() => timeout.reject(this.#error()), timeoutMs);
    try {
      await Promise.race([this.#attempt.promise, timeout.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  #error(): VerifierUnavailableError {
    if (this.#isStopped) return new VerifierUnavailableError('The verifier is stopped');
    const reason = this.#last ? `: ${this.#last.message}` : '';
    return new VerifierUnavailableError(`Not connected to the server${reason}`);
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#attempt.reject(this.#error());
  }
}
