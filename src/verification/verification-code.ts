/** Outcomes of a verification: VALID, and the reasons for denial in the order in which they are checked. */
export const VERIFICATION_CODES = [
  'VALID',
  'MALFORMED',
  'NOT_FOUND',
  'REVOKED',
  'DISABLED',
  'EXPIRED',
  'IP_NOT_ALLOWED',
  'TEAM_NOT_ALLOWED',
  'WRONG_ENVIRONMENT',
  'INSUFFICIENT_PERMISSIONS',
  'RATE_LIMITED',
] as const;

/** Outcome of a verification: VALID, or the first reason for denial that applies. */
export type VerificationCode = (typeof VERIFICATION_CODES)[number];

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
