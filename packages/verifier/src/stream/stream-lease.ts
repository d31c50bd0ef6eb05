import { randomBytes } from 'node:crypto';
import { Lease, type LeaseClocks, type Moment } from '../../../../src/cluster/lease.ts';
import type { Clock } from '../../../../src/core/clock.ts';

/** Nonces that the server doesn't answer are dropped. More are never outstanding in an intact stream. */
const NONCES_MAX = 64;

/** The lease of a stream, and the server's time. Both come from answers to nonces. */
export class StreamLease {
  readonly #clocks: LeaseClocks;
  readonly #lease: Lease;
  readonly #sent = new Map<string, Moment>();
  #leaseMs = 0;
  #offset: number | null = null;

  constructor(clocks: LeaseClocks) {
    this.#clocks = clocks;
    this.#lease = new Lease(0, clocks);
  }

  /** A new nonce. Its lease counts from this moment, so call it before sending. */
  request(): string {
    if (this.#sent.size >= NONCES_MAX) this.#sent.delete(this.#sent.keys().next().value ?? '');
    const nonce = randomBytes(18).toString('base64url');
    this.#sent.set(nonce, this.#lease.now());
    return nonce;
  }

  /** The server's answer to a nonce. Returns false, without effect, for a nonce that isn't outstanding. */
  grant({ nonce, leaseMs, serverTime }: { nonce: string; leaseMs: number; serverTime: number }): boolean {
    const sent = this.#sent.get(nonce);
    if (!sent) return false;
    // Earlier ones were left unanswered.
    for (const one of this.#sent.keys()) {
      this.#sent.delete(one);
      if (one === nonce) break;
    }
    this.#lease.extend(sent, leaseMs);
    this.#leaseMs = leaseMs;
    // The server stated its time after the nonce was sent: this is never behind its clock.
    this.#offset = serverTime - sent.monotonic;
    return true;
  }

  /** Ends the lease. Nonces that are outstanding no longer count. */
  end(): void {
    this.#lease.end();
    this.#sent.clear();
  }

  isHeld(): boolean {
    return this.#lease.isHeld();
  }

  /** Length of the lease, milliseconds; 0 without one. */
  get leaseMs(): number {
    return this.isHeld() ? this.#leaseMs : 0;
  }

  /** Whether the last request wasn't answered for this time, milliseconds. */
  isUnansweredFor(milliseconds: number): boolean {
    const oldest = this.#sent.values().next().value;
    return oldest !== undefined && this.#clocks.monotonic() - oldest.monotonic > milliseconds;
  }

  /** The server's time, or this machine's before the first lease. */
  readonly clock: Clock = {
    now: () =>
      Math.ceil(this.#offset === null ? this.#clocks.wall() : this.#offset + this.#clocks.monotonic()),
    monotonic: () => this.#clocks.monotonic(),
  };
}
