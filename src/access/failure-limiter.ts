import type { RateLimitState } from '../core/rate-limit-state.ts';

/**
 * Counts failed attempts to present a secret. Beyond the limit, failures are rejected with less detail; valid secrets
 * are always accepted.
 */
export interface FailureLimiter {
  /** Records a failed attempt from this address. Null if the address is unknown; all of these share one limit. */
  count(ip: string | null): RateLimitState;
  /** The same of one that this caller was told of; null: it did not say from where. */
  countFor(caller: FailedCaller, ip: string | null): RateLimitState;
  /** Limit of an address. */
  readonly policy: { readonly limit: number; readonly windowSeconds: number };
}

/** A caller that verifies for others. */
export interface FailedCaller {
  readonly actor: string;
  /** Only the addresses it names have a budget, not the caller itself. */
  readonly trusted: boolean;
}
