import { VerifierUnavailableError } from '../verifier-unavailable-error.ts';
import { describe } from './disconnection.ts';

const INVALID_CODES = ['BAD_USER_INPUT', 'BAD_REQUEST', 'QUERY_TOO_COMPLEX'];

/** The server refuses an operation, and would refuse it again. */
export class RefusedError extends VerifierUnavailableError {
  /** Whether it closed the connection because of the size of the message. */
  readonly isTooLarge: boolean;

  constructor(message: string, isTooLarge: boolean) {
    super(message);
    this.isTooLarge = isTooLarge;
  }
}

/** The server does not run an operation now, because there are too many of this credential. */
export class BusyError extends VerifierUnavailableError {
  /** When it may run one again, milliseconds from now. */
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/** The error of an operation that the server answered with errors. */
export function operationError(errors: unknown): VerifierUnavailableError {
  const isInvalid = Array.isArray(errors) && errors.some((one) => INVALID_CODES.includes(codeOf(one)));
  if (isInvalid) return new RefusedError(describe(errors), false);
  const busy = Array.isArray(errors) ? errors.find((one) => codeOf(one) === 'RATE_LIMITED') : undefined;
  return busy
    ? new BusyError(describe(errors), secondsOf(busy) * 1_000)
    : new VerifierUnavailableError(describe(errors));
}

function secondsOf(error: unknown): number {
  const { extensions } = error as { readonly extensions?: { readonly retryAfterSeconds?: unknown } };
  const seconds = extensions?.retryAfterSeconds;
  return typeof seconds === 'number' && seconds > 0 ? seconds : 1;
}

function codeOf(error: unknown): string {
  return (error as { readonly extensions?: { readonly code?: string } } | null)?.extensions?.code ?? '';
}
