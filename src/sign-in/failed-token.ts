import type { FailureLimiter } from '../access/failure-limiter.ts';
import type { Context } from '../context.ts';

/** Context of signing in with a link: invalid links count towards the limit of an address. */
export interface SignInContext extends Context {
  readonly failures: FailureLimiter;
}

import { RateLimitedError } from '../core/errors.ts';

/**
 * Counts an invalid sign-in token as a failure of the client's address. Throws RateLimitedError if there were too many.
 */
export function countFailedToken({ failures, client, clock }: SignInContext): void {
  const { allowed, resetAt } = failures.count(client.ip);
  if (allowed) return;
  const seconds = Math.max(1, Math.ceil((resetAt - clock.now()) / 1000));
  throw new RateLimitedError('Too many failed attempts from this address', seconds);
}
