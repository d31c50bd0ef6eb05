/** Receives what a server measures. Calls take a few nanoseconds: a verification takes microseconds in all. */
export interface Measurements {
  /** A verification was answered, or could not be decided. */
  verification(door: VerificationDoor, outcome: VerificationOutcome, milliseconds: number): void;
  /** A GraphQL operation completed; a subscription, once it has begun. */
  operation(type: OperationType, milliseconds: number): void;
  /** A GraphQL error is sent to a client, with a code of Keywright's own. */
  error(code: string): void;
}

/** Counts of a process that verifies keys, since it started. Its server adds them to its own. */
export interface VerificationCounts {
  readonly codes: Readonly<Record<string, number>>;
  /** Keys found in the cache, and those read from the database. */
  readonly lookups: { readonly hits: number; readonly misses: number };
  /** Durations at `/verify`: the number in each bucket, the number beyond the last one, and the sum in seconds. */
  readonly seconds: Readonly<Record<VerificationOutcome, readonly number[]>>;
}

/** Where verifications are requested: `/verify`, `/introspect`, and the mutation `verifyApiKey`. */
export type VerificationDoor = 'verify' | 'introspect' | 'graphql';

/** `failed`: the service could not decide, so the key was not accepted. */
export type VerificationOutcome = 'accepted' | 'denied' | 'failed';

/** `rejected`: the operation did not run, because its document or variables are invalid or exceed a limit. */
export type OperationType = 'query' | 'mutation' | 'subscription' | 'rejected';
