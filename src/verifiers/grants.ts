import type { EventBus } from '../cluster/bus.ts';
import { withMargin } from '../cluster/nodes.ts';
import type { Clock } from '../core/clock.ts';
import type { VerifierStream } from './stream/verifier-stream.ts';

/** Share of this server's own lease that a verifier gets at most, so that it ends first by any clock. */
const SHARE = 0.98;

/** Shorter leases are not worth a message: milliseconds. */
const LEASE_MIN_MS = 50;

/** Minimum interval between two leases of a verifier, milliseconds. */
const GRANT_EVERY_MS = 50;

/** What grants depend on. */
export interface GrantConditions {
  readonly bus: Pick<EventBus, 'isCurrent' | 'remainingMs'>;
  readonly clock: Clock;
  /** Longest lease, milliseconds. */
  readonly leaseMs: number;
  /** The longest lease that verifiers with this credential get, milliseconds. */
  leaseMaxMs(credential: string, now: number): number;
  /** Queues everything that was committed by now for this verifier. False if this can't be determined. */
  catchUp(stream: VerifierStream): boolean;
  /** Whether leases of this length may be granted: a server that starts after a crash must know of them. */
  isRecorded(leaseMs: number): boolean;
}

/** Grants leases to verifiers. */
export class Grants {
  readonly #conditions: GrantConditions;
  #stopped = false;

  constructor(conditions: GrantConditions) {
    this.#conditions = conditions;
  }

  /** Grants nothing after this. */
  stop(): void {
    this.#stopped = true;
  }

  /**
   * Grants the lease that a verifier has requested, if nothing prevents it: this server must know of every change that
   * was answered, and the verifier must acknowledge what it is sent. Otherwise, the request is kept.
   */
  grant(stream: VerifierStream): void {
    const { nonce, isWaiting } = stream;
    if (nonce === null || !isWaiting || stream.isOver || this.#stopped) return;
    const { bus, clock, catchUp, isRecorded, leaseMaxMs } = this.#conditions;
    if (performance.now() - stream.grantedAt < GRANT_EVERY_MS) return;
    if (!bus.isCurrent() || !catchUp(stream) || stream.isBehind(performance.now())) return;
    const longest = Math.min(
      this.#conditions.leaseMs,
      leaseMaxMs(stream.owner.credential, performance.now()),
    );
    const leaseMs = Math.floor(Math.min(longest, bus.remainingMs() * SHARE));
    if (leaseMs < LEASE_MIN_MS || !isRecorded(leaseMs)) return;
    const now = performance.now();
    stream.isWaiting = false;
    stream.grantedAt = now;
    stream.hasMissed = false;
    stream.leaseUntil = Math.max(stream.leaseUntil, now + withMargin(leaseMs));
    stream.send({ type: 'lease', nonce, leaseMs, serverTime: clock.now() });
  }
}
