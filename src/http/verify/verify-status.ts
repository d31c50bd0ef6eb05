import type { VerificationCode } from '../../verification/verify.ts';

/** Codes of /verify that are not results of a verification. */
type RequestCode = 'BAD_REQUEST' | 'BAD_USER_INPUT' | 'IDENTITY_TOO_LARGE' | 'UNAVAILABLE';

/** Codes of responses of /verify. */
export type VerifyCode = VerificationCode | RequestCode;

/** The status of each code. */
export const VERIFY_STATUS: Readonly<Record<VerifyCode, number>> = {
  VALID: 200,
  BAD_REQUEST: 400,
  BAD_USER_INPUT: 400,
  MALFORMED: 401,
  NOT_FOUND: 401,
  REVOKED: 401,
  DISABLED: 401,
  EXPIRED: 401,
  IP_NOT_ALLOWED: 403,
  TEAM_NOT_ALLOWED: 403,
  WRONG_ENVIRONMENT: 403,
  INSUFFICIENT_PERMISSIONS: 403,
  IDENTITY_TOO_LARGE: 403,
  RATE_LIMITED: 429,
  UNAVAILABLE: 503,
};
