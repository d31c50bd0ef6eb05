/** A limit: a quota per window. */
export interface Policy {
  readonly limit: number;
  readonly windowSeconds: number;
}

interface State {
  readonly remaining: number;
  /** Milliseconds since the epoch. */
  readonly resetAt: number;
}

/** Names of limits in the headers. */
export type PolicyName = 'key' | 'failures' | 'caller' | 'organization' | 'address';

/**
 * `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10): the quota `q` in a window of `w`
 * seconds, and the remaining `r` until the reset in `t` seconds. Names and values alternate.
 */
export function policyHeaders(name: PolicyName, policy: Policy, state: State, now: number): string[] {
  return [
    'RateLimit-Policy',
    `"${name}";q=${policy.limit};w=${policy.windowSeconds}`,
    'RateLimit',
    `"${name}";r=${state.remaining};t=${secondsTo(state.resetAt, now)}`,
  ];
}

/** `Retry-After` (RFC 9110, 10.2.3): whole seconds, at least 1, until the limit allows requests again. */
export function retryAfter({ resetAt }: State, now: number): string[] {
  return ['Retry-After', String(Math.max(1, secondsTo(resetAt, now)))];
}

function secondsTo(time: number, now: number): number {
  return Math.max(0, Math.ceil((time - now) / 1000));
}
