import { type Policy, policyHeaders, retryAfter } from '../../core/rate-limit-headers.ts';
import { isFailure, type VerificationCode } from '../../verification/verification-code.ts';
import { VERIFY_STATUS, type VerifyCode } from './verify-status.ts';

/** Names and values alternating, the form that Node.js sends fastest. */
export type RawHeaders = string[];

/** A response that denies a request. */
export interface VerifyRefusal {
  readonly status: number;
  readonly headers: RawHeaders;
  /** `{"code", "message"}`. */
  readonly body: string;
}

/** The headers of a 401 for a request without a key. */
export const CHALLENGE: RawHeaders = ['WWW-Authenticate', 'Bearer'];
/** RFC 6750, 3.1: the credential is not accepted, or accepted but lacks a permission. */
const INVALID_TOKEN: RawHeaders = ['WWW-Authenticate', 'Bearer error="invalid_token"'];
const INSUFFICIENT_SCOPE: RawHeaders = ['WWW-Authenticate', 'Bearer error="insufficient_scope"'];

export const NO_KEY = 'No API key provided: send Authorization: Bearer <key> or X-API-Key: <key>';
export const TWO_KEYS = 'The request contains two different API keys';
export const UNDECIDED = "The API key can't be verified at the moment";

/** The challenge of a refusal with this code; empty if there is none. */
export function challengeOf(code: VerificationCode): RawHeaders {
  if (isFailure(code)) return [...INVALID_TOKEN];
  return code === 'INSUFFICIENT_PERMISSIONS' ? [...INSUFFICIENT_SCOPE] : [];
}

/** Adds the state of a key's rate limit, if it has one, to headers. */
export function addLimit(
  headers: RawHeaders,
  code: VerificationCode,
  policy: Policy | null | undefined,
  { remaining, resetAt }: { readonly remaining: number | null; readonly resetAt: number | null },
  now: number,
): RawHeaders {
  if (!policy || remaining === null || resetAt === null) return headers;
  const state = { remaining, resetAt };
  if (code === 'RATE_LIMITED') headers.push(...retryAfter(state, now));
  headers.push(...policyHeaders('key', policy, state, now));
  return headers;
}

/** The refusal with this code and these headers. */
export function verifyRefusal(code: VerifyCode, message: string, headers: RawHeaders): VerifyRefusal {
  const body = JSON.stringify({ code, message });
  return {
    status: VERIFY_STATUS[code],
    headers: [
      // Repeated in a header for gateways that can't read the body.
      'X-Keywright-Code',
      code,
      ...headers,
      'Content-Type',
      'application/json; charset=utf-8',
      'Content-Length',
      String(Buffer.byteLength(body)),
      'Cache-Control',
      'no-store',
      'X-Content-Type-Options',
      'nosniff',
    ],
    body,
  };
}
