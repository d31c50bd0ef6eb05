import { AppError, ForbiddenError, RateLimitedError, UnavailableError } from '../../core/errors.ts';
import { Refusal } from '../../core/refusal.ts';
import { type Exchange, respondJson } from '../exchange.ts';
import { isBearer } from './client-credential.ts';

/** Values of `error` in a response (RFC 6749, 5.2 and 4.1.2.1; RFC 6750, 3.1), each with its statuses. */
export const OAUTH_ERRORS = {
  invalid_request: [400, 413, 415],
  invalid_client: [401],
  invalid_token: [401],
  insufficient_scope: [403],
  access_denied: [403],
  temporarily_unavailable: [429, 503],
} as const;

type OAuthError = keyof typeof OAUTH_ERRORS;

/** Characters that `error_description` can't contain (RFC 6749, 5.2). */
const NOT_DESCRIPTIVE = /[^\x20\x21\x23-\x5b\x5d-\x7e]/g;

/** Responds with the error of an introspection request: `{"error", "error_description"}`. Rethrows unexpected errors. */
export function respondOAuthError(exchange: Exchange, error: unknown): void {
  if (!(error instanceof AppError)) throw error;
  const { status, name, headers } = headOf(exchange, error);
  const description = error.message.replace(NOT_DESCRIPTIVE, "'");
  respondJson(exchange, status, { error: name, error_description: description }, headers);
}

interface Head {
  readonly status: number;
  readonly name: OAuthError;
  readonly headers?: Readonly<Record<string, string>>;
}

function headOf({ request }: Exchange, error: AppError): Head {
  if (error instanceof ForbiddenError) {
    const challenge = `Bearer error="insufficient_scope", scope="${error.permission}"`;
    return { status: 403, name: 'insufficient_scope', headers: { 'WWW-Authenticate': challenge } };
  }
  if (error instanceof RateLimitedError || error instanceof UnavailableError) {
    const status = error instanceof RateLimitedError ? 429 : 503;
    const headers = { 'Retry-After': String(error.retryAfterSeconds) };
    return { status, name: 'temporarily_unavailable', headers };
  }
  const { status, headers } = error instanceof Refusal ? error : { status: 400, headers: {} };
  if (status === 401) return isBearer(request) ? { status, name: 'invalid_token', headers } : unknownClient();
  if (status === 403) return { status, name: 'access_denied', headers };
  return { status, name: status < 429 ? 'invalid_request' : 'temporarily_unavailable', headers };
}

/** RFC 6749, 5.2: the challenge has the scheme of the client, or both that are accepted. */
function unknownClient(): Head {
  const headers = { 'WWW-Authenticate': 'Bearer, Basic realm="Keywright"' };
  return { status: 401, name: 'invalid_client', headers };
}
