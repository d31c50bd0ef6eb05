import type { DeniedAttempts } from '../src/denied-attempts/attempt.ts';
import type { Live } from '../src/realtime/live.ts';
import type { VerifiersContext } from '../src/verifiers/verifiers-context.ts';

/** Context of resolvers: the operation's context, live events, and effects on the HTTP response. */
export interface GraphQLContext extends VerifiersContext {
  readonly deniedAttempts: DeniedAttempts;
  readonly live: Live;
  readonly response: ResponseEffects;
  /** Idempotency key of the request's only field. Omitted: only the field's input can have one. */
  idempotencyKey?: string;
}

/** Effects on the HTTP response; absent for other transports. */
export interface ResponseEffects {
  /**
   * Throws an AppError if the page's origin is not PUBLIC_URL: it could not use the session, and the link would be used
   * up.
   */
  requireOwnOrigin?(): void;
  /** Sets the session cookie, or clears it (null). */
  setSessionCookie?(token: string | null, expiresAt?: number): void;
}
