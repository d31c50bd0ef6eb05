import type { IncomingMessage } from 'node:http';
import { invalidCredential, Refusal } from '../../core/refusal.ts';
import { isPresentable, trimPresented } from '../../keys/secret.ts';
import { headerValues } from '../headers.ts';
import { bearerToken, isOwnToken } from './bearer.ts';

/** A credential of a request, not yet verified. */
export interface Credential {
  readonly kind: 'session' | 'operator' | 'key';
  readonly token: string;
}

/**
 * The credentials in the headers of a request, without cookies. Throws a Refusal: 400 for a repeated header, 401 for a
 * value that can't be a credential.
 */
export function headerCredentials(request: IncomingMessage): Credential[] {
  return explicitCredentials(headerValue(request, 'authorization'), headerValue(request, 'x-api-key'));
}

/**
 * The credentials in the values of Authorization and X-API-Key. With X-API-Key, an Authorization without a token in
 * Keywright's own format is ignored: it is meant for the API behind a gateway. Throws a Refusal for a value that can't
 * be a credential.
 */
export function explicitCredentials(
  authorizations: readonly string[],
  apiKeys: readonly string[],
): Credential[] {
  const counted = apiKeys.length === 0 ? authorizations : authorizations.filter(isOwnAuthorization);
  return [...counted.map(bearerCredential), ...apiKeys.map(apiKeyCredential)];
}

function isOwnAuthorization(value: string): boolean {
  const token = bearerToken(value);
  return token !== null && isOwnToken(token);
}

/** The credential in the value of an Authorization header (RFC 6750, 2.1). Throws a Refusal for anything else. */
function bearerCredential(value: string): Credential {
  const token = bearerToken(value);
  if (token === null)
    throw invalidCredential('Authorization must be Bearer, followed by a token or an API key');
  if (!isPresentable(token)) throw invalidCredential();
  return { kind: kindOf(token), token };
}

/** The credential in the value of an X-API-Key header. Throws a Refusal if it isn't an API key. */
function apiKeyCredential(value: string): Credential {
  const token = trimPresented(value);
  if (!isPresentable(token) || kindOf(token) !== 'key') throw invalidCredential();
  return { kind: 'key', token };
}

/** The credential, if all are equal. Throws a Refusal if they differ. */
export function requireSingleCredential(credentials: readonly Credential[]): Credential | null {
  const [first = null, ...others] = credentials;
  if (others.every((other) => other.token === first?.token)) return first;
  throw new Refusal(400, 'BAD_REQUEST', 'The request contains two different credentials');
}

/** The value of a header, as a list of at most one. Throws a Refusal if the header is repeated. */
export function headerValue(request: IncomingMessage, name: string): string[] {
  const values = headerValues(request, name);
  if (values.length <= 1) return values;
  throw new Refusal(400, 'BAD_REQUEST', `The header ${name} must not be repeated`);
}

function kindOf(token: string): Credential['kind'] {
  if (token.startsWith('sess_')) return 'session';
  return token.startsWith('kwop_') ? 'operator' : 'key';
}
