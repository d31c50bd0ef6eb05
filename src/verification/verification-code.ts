/** Outcome of a verification: VALID, or the first reason for denial that applies, in this order. */
export type VerificationCode =
  | 'VALID'
  | 'MALFORMED'
  | 'NOT_FOUND'
  | 'REVOKED'
  | 'DISABLED'
  | 'EXPIRED'
  | 'IP_NOT_ALLOWED'
  | 'TEAM_NOT_ALLOWED'
  | 'WRONG_ENVIRONMENT'
  | 'INSUFFICIENT_PERMISSIONS'
  | 'RATE_LIMITED';

const FAILURES: ReadonlySet<VerificationCode> = new Set([
  'MALFORMED',
  'NOT_FOUND',
  'REVOKED',
  'DISABLED',
  'EXPIRED',
]);

/** Whether the secret itself is invalid, which counts as a failed attempt. */
export function isFailure(code: VerificationCode): boolean {
  return FAILURES.has(code);
}
