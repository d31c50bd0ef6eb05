/** A part of a key's window, from which verifications are accepted here. Times are `performance.now()` and `Date.now()`. */
export interface Slice {
  readonly id: string;
  readonly granted: number;
  /** What the server had left when it granted the slice. */
  readonly elsewhere: number;
  /** When the window ends, by the server's clock, milliseconds since the epoch. */
  readonly resetAt: number;
  /** When the slice ends, by whichever clock is first. */
  readonly endsAt: number;
  readonly endsAtByWall: number;
  /** From when on the next slice is requested if this one is used, by the monotonic clock. */
  readonly renewAt: number;
  used: number;
}
