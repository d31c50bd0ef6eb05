/** An active session of a user. Times are milliseconds since the epoch. */
export interface Session {
  readonly id: string;
  readonly createdAt: number;
  /** Its last use, to the minute. */
  readonly lastSeenAt: number;
  /** When it expires. It also expires after 12 hours without use. */
  readonly expiresAt: number;
  /** The only organization that it gives access to. Null: all of the user's. */
  readonly limitedTo: string | null;
  /** Whether it is the caller's own session. */
  readonly current: boolean;
}
