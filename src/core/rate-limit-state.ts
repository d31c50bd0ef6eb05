/** State of a key's rate limit. */
export interface RateLimitState {
  readonly allowed: boolean;
  /** Accepted verifications left in the window, 0 or more. */
  readonly remaining: number;
  /** When the window ends, milliseconds since the epoch. */
  readonly resetAt: number;
}
