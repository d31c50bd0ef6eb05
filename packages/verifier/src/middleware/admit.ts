import { retryAfter } from '../../../../src/core/rate-limit-headers.ts';
import { presentedKey, SEVERAL } from '../../../../src/http/verify/presented-key.ts';
import {
  addLimit,
  CHALLENGE,
  challengeOf,
  NO_KEY,
  TWO_KEYS,
  UNDECIDED,
  type VerifyRefusal,
  verifyRefusal,
} from '../../../../src/http/verify/verify-refusal.ts';
import type { AcceptedVerdict, DeniedVerdict, Verdict, Verifier, VerifyRequirements } from '../types.ts';
import { VerifierUnavailableError } from '../verifier-unavailable-error.ts';

/** The accepted key of a request, or the response that denies it. Exactly one of them is not null. */
export type Admission =
  | { readonly verdict: AcceptedVerdict; readonly refusal: null }
  | { readonly verdict: null; readonly refusal: VerifyRefusal };

/** When too many attempts have failed, the server doesn't say for how long. It counts per minute. */
const FAILURES_MS = 60_000;

/**
 * Verifies the key in the headers of a request (names and values alternating), as `/verify` does. Rejects for
 * requirements that are not valid, but never accepts then.
 */
export async function admit(
  verifier: Verifier,
  rawHeaders: readonly string[],
  requirements: VerifyRequirements,
  onUnavailable?: (error: VerifierUnavailableError) => void,
): Promise<Admission> {
  const secret = presentedKey(rawHeaders);
  if (secret === null) return refused(verifyRefusal('MALFORMED', NO_KEY, CHALLENGE));
  if (secret === SEVERAL) return refused(verifyRefusal('BAD_REQUEST', TWO_KEYS, []));
  let verdict: Verdict;
  try {
    verdict = await verifier.verify(secret, requirements);
  } catch (error) {
    if (!(error instanceof VerifierUnavailableError)) throw error;
    onUnavailable?.(error);
    return refused(verifyRefusal('UNAVAILABLE', UNDECIDED, ['Retry-After', '1']));
  }
  return verdict.valid && verdict.code === 'VALID'
    ? { verdict, refusal: null }
    : refused(refusalOf(verdict, Date.now()));
}

function refusalOf(verdict: DeniedVerdict, now: number): VerifyRefusal {
  const { code, message, apiKey } = verdict;
  const headers = addLimit(challengeOf(code), code, apiKey?.rateLimit, verdict, now);
  if (code === 'RATE_LIMITED' && headers.length === 0)
    headers.push(...retryAfter({ remaining: 0, resetAt: verdict.resetAt ?? now + FAILURES_MS }, now));
  return verifyRefusal(code, message, headers);
}

function refused(refusal: VerifyRefusal): Admission {
  return { verdict: null, refusal };
}
