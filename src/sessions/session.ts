/** A sign-in of a user that goes on. Times are milliseconds since the epoch. */
export interface Session {
  readonly id: string;
  readonly createdAt: number;
  /** Its last use, to the minute. */
  readonly lastSeenAt: number;
  /** When it ends at the latest; 12 hours without use end it too. */
  readonly expiresAt: number;
  /** The only organization that it reaches; null: all of the user's. */
  readonly limitedTo: string | null;
  /** Whether it is the caller's own. */
  readonly current: boolean;
}
