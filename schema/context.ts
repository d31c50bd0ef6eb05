import type { DeniedAttempts } from '../src/denied-attempts/attempt.ts';
import type { Live } from '../src/realtime/live.ts';
import type { VerificationContext } from '../src/verification/services.ts';

/** What resolvers are handed: a verb's context, what happens live, and what only an answer over HTTP can do. */
export interface GraphQLContext extends VerificationContext {
  readonly deniedAttempts: DeniedAttempts;
  readonly live: Live;
  readonly response: ResponseEffects;
}

/** Effects on the answer around the GraphQL result; absent where the transport has no such thing. */
export interface ResponseEffects {
  /**
   * Throws an AppError if the page is at another address than PUBLIC_URL: it could not use the session, and a link
   * would be used up for nothing.
   */
  requireOwnOrigin?(): void;
  /** Hands the session to the browser as a cookie, or takes it back (null). */
  setSessionCookie?(token: string | null, expiresAt?: number): void;
}
