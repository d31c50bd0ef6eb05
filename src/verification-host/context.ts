import type { FailureLimiter } from '../access/failure-limiter.ts';
import type { Context, Services } from '../context.ts';
import type { KeyLookup, RateLimiter, UsageSink } from '../verification/services.ts';
import type { ImportedSecrets } from './imported-secrets.ts';

/** Context of verification, in addition to that of verbs. */
export interface Verification {
  readonly usage: UsageSink;
  readonly limiter: RateLimiter;
  readonly failures: FailureLimiter;
  readonly keys: KeyLookup;
  readonly imported: ImportedSecrets;
}

export interface VerificationServices extends Services, Verification {}

export interface VerificationContext extends Context, Verification {}
