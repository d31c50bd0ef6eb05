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

/** The error of an operation that the server answered with errors. */
export function operationError(errors: unknown): VerifierUnavailableError {
  const isInvalid = Array.isArray(errors) && errors.some((one) => INVALID_CODES.includes(codeOf(one)));
  return isInvalid
    ? new RefusedError(describe(errors), false)
    : new VerifierUnavailableError(describe(errors));
}

function codeOf(error: unknown): string {
  return (error as { readonly extensions?: { readonly code?: string } } | null)?.extensions?.code ?? '';
}
