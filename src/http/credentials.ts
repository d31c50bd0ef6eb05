import type { IncomingMessage } from 'node:http';
import { trimPresented } from '../keys/secret.ts';
import { headerValues } from './headers.ts';
import { invalidCredential, Refusal } from './refusal.ts';

/** What a request shows to say who is asking; not checked yet. */
export interface Credential {
  readonly kind: 'session' | 'operator' | 'key';
  readonly token: string;
}

/** Longer than every token and key there is. */
const TOKEN_MAX = 256;

/** Before a token in an Authorization header, in lower case. */
const BEARER = 'bearer ';

/**
 * What the headers of a request say, cookies apart. Throws a Refusal: 400 for a header that repeats, 401 for what can't be a
 * credential.
 */
export function headerCredentials(request: IncomingMessage): Credential[] {
  return [...fromAuthorization(request), ...fromApiKeyHeader(request)];
}

function fromAuthorization(request: IncomingMessage): Credential[] {
  const value = single(request, 'authorization');
  return value === undefined ? [] : [bearerCredential(value)];
}

/** The credential in the value of an Authorization header (RFC 6750, 2.1). Throws a Refusal for anything else. */
export function bearerCredential(value: string): Credential {
  const token = trimPresented(value.slice(BEARER.length));
  const isBearer = value.slice(0, BEARER.length).toLowerCase() === BEARER;
  if (!isBearer || token.length > TOKEN_MAX || !/^[\w~+/.-]+=*$/.test(token)) throw invalidCredential();
  return { kind: kindOf(token), token };
}

function fromApiKeyHeader(request: IncomingMessage): Credential[] {
  const value = single(request, 'x-api-key');
  return value === undefined ? [] : [apiKeyCredential(value)];
}

/** The credential in the value of an X-API-Key header. Throws a Refusal for what is no API key. */
export function apiKeyCredential(value: string): Credential {
  const token = trimPresented(value);
  if (token.length > TOKEN_MAX || kindOf(token) !== 'key') throw invalidCredential();
  return { kind: 'key', token };
}

/** The one credential of several that must agree. Throws a Refusal where they don't. */
export function agree(credentials: readonly Credential[]): Credential | null {
  const [first = null, ...others] = credentials;
  if (others.every((other) => other.token === first?.token)) return first;
  throw new Refusal(400, 'BAD_REQUEST', 'The request carries two credentials that disagree');
}

function single(request: IncomingMessage, name: string): string | undefined {
  const [value, ...others] = headerValues(request, name);
  if (others.length === 0) return value;
  throw new Refusal(400, 'BAD_REQUEST', `The header ${name} is given more than once`);
}

function kindOf(token: string): Credential['kind'] {
  if (token.startsWith('sess_')) return 'session';
  return token.startsWith('kwop_') ? 'operator' : 'key';
}
