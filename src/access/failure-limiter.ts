import type { RateLimitState } from '../core/rate-limit-state.ts';

/**
 * Counts failed attempts to present a secret. Beyond the limit, failures are rejected with less detail; valid secrets
 * are always accepted.
 */
export interface FailureLimiter {
  /** Records a failed attempt from this address. Null if the address is unknown; all of these share one limit. */
  count(ip: string | null): RateLimitState;
  /** Records a failed attempt that this caller reports. Null if it didn't provide the client's address. */
  countFor(caller: FailedCaller, ip: string | null): RateLimitState;
  /** Whether another failed attempt from this address is within the limit. Records nothing. */
  allows(ip: string | null): boolean;
  /** The same for one that this caller would report. */
  allowsFor(caller: FailedCaller, ip: string | null): boolean;
  /** Records attempts of an address. */
  readonly policy: { readonly limit: number; readonly windowSeconds: number };
}

/** A caller that verifies on behalf of others. */
export interface FailedCaller {
  readonly actor: string;
  /** Applies the limits to the addresses that it reports, not to the caller itself. */
  readonly trusted: boolean;
}
