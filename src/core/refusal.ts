import { AppError, type ErrorCode } from './errors.ts';

/** Rejects a request before it is processed: an AppError with the status and headers of the response. */
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

/** Rejects an invalid credential (RFC 6750, 3.1). */
export function invalidCredential(message = 'The credential is not valid'): Refusal {
  return new Refusal(401, 'UNAUTHENTICATED', message, { 'WWW-Authenticate': 'Bearer error="invalid_token"' });
}
