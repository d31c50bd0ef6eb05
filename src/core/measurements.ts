/** Receives what a server measures. Calls take a few nanoseconds: a verification takes microseconds in all. */
export interface Measurements {
  /** A verification was answered, or could not be decided. */
  verification(door: VerificationDoor, outcome: VerificationOutcome, milliseconds: number): void;
  /** A GraphQL operation completed; a subscription, once it has begun. */
  operation(type: OperationType, milliseconds: number): void;
  /** A GraphQL error is sent to a client, with a code of Keywright's own. */
  error(code: string): void;
}

/** Where verifications are requested: `/verify`, `/introspect`, and the mutation `verifyApiKey`. */
export type VerificationDoor = 'verify' | 'introspect' | 'graphql';

/** `failed`: the service could not decide, so the key was not accepted. */
export type VerificationOutcome = 'accepted' | 'denied' | 'failed';

/** `rejected`: the operation did not run, because its document or variables are invalid or exceed a limit. */
export type OperationType = 'query' | 'mutation' | 'subscription' | 'rejected';
