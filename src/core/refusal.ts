import { AppError, type ErrorCode } from './errors.ts';

/** A request that is refused before anything of it runs: an AppError with the status and headers of its answer. */
export class Refusal extends AppError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: ErrorCode,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(code, message);
    this.status = status;
    this.headers = headers;
  }
}

/** The refusal of a credential that is not accepted (RFC 6750, 3.1). */
export function invalidCredential(message = 'The credential is not valid'): Refusal {
  return new Refusal(401, 'UNAUTHENTICATED', message, { 'WWW-Authenticate': 'Bearer error="invalid_token"' });
}
