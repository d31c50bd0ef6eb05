import type { FailureLimiter } from '../../access/failure-limiter.ts';
import { policyHeaders, retryAfter } from '../../core/rate-limit-headers.ts';
import type { RateLimitState } from '../../core/rate-limit-state.ts';
import { Refusal } from '../../core/refusal.ts';
import type { VerificationServices } from '../../verification-host/context.ts';

export const TOO_MANY_FAILURES = 'Too many failed attempts from this address';

/** `Retry-After` and the `RateLimit` headers of the limit on failures. Names and values in turn. */
export function failureHeaders({ policy }: FailureLimiter, state: RateLimitState, now: number): string[] {
  return [...retryAfter(state, now), ...policyHeaders('failures', policy, state, now)];
}

/** Counts a failure of this address. Returns the headers of a 429 if there were too many, otherwise null. */
export function countFailure(
  { failures, clock }: Pick<VerificationServices, 'failures' | 'clock'>,
  ip: string | null,
): Record<string, string> | null {
  const state = failures.count(ip);
  if (state.allowed) return null;
  const headers: Record<string, string> = {};
  const raw = failureHeaders(failures, state, clock.now());
  for (let index = 0; index < raw.length; index += 2) headers[raw[index] ?? ''] = raw[index + 1] ?? '';
  return headers;
}

/**
 * Counts an invalid credential from this address. Returns the refusal to respond with: the provided one, or 429 if
 * there were too many.
 */
export function failedCredential(
  services: Pick<VerificationServices, 'failures' | 'clock'>,
  ip: string | null,
  refusal: Refusal,
): Refusal {
  const headers = countFailure(services, ip);
  return headers ? new Refusal(429, 'RATE_LIMITED', TOO_MANY_FAILURES, headers) : refusal;
}
