import { type Deferred, deferred } from './stream/deferred.ts';
import type { Disconnection } from './stream/disconnection.ts';
import { VerifierUnavailableError } from './verifier-unavailable-error.ts';

/** Tells when a verifier is connected. */
export class Readiness {
  readonly #timeoutMs: number;
  readonly #waiting = new Set<Deferred<void>>();
  #isReady = false;
  #last: Disconnection | null = null;
  #isStopped = false;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  connected(): void {
    this.#isReady = true;
    this.#last = null;
    for (const one of this.#waiting) one.resolve();
  }

  disconnected(): void {
    this.#isReady = false;
  }

  /** A connection has failed. If the server has rejected the credential, waiting is pointless. */
  failed(reason: Disconnection): void {
    this.#last = reason;
    if (!reason.isRejected) return;
    for (const one of this.#waiting) one.reject(this.#error());
  }

  async wait(): Promise<void> {
    if (this.#isReady) return;
    if (this.#isStopped || this.#last?.isRejected) throw this.#error();
    const waiting = deferred<void>();
    this.#waiting.add(waiting);
    const timer = setTimeout(() => waiting.reject(this.#error()), this.#timeoutMs);
    try {
      await waiting.promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(waiting);
    }
  }

  stop(): void {
    this.#isStopped = true;
    for (const one of this.#waiting) one.reject(this.#error());
  }

  #error(): VerifierUnavailableError {
    if (this.#isStopped) return new VerifierUnavailableError('The verifier is stopped');
    if (!this.#last)
      return new VerifierUnavailableError(`Not connected to the server within ${this.#timeoutMs} ms`);
    const { message, isRejected } = this.#last;
    return new VerifierUnavailableError(isRejected ? message : `Not connected to the server: ${message}`);
  }
}
