import type { IncomingMessage } from 'node:http';
import { trimPresented } from '../keys/secret.ts';
import { headerValues } from './headers.ts';
import { invalidCredential, Refusal } from './refusal.ts';
import { isFromOwnPage, sessionCookies } from './session-cookie.ts';

/** What a request shows to say who is asking; not checked yet. */
export interface Credential {
  readonly kind: 'session' | 'operator' | 'key';
  readonly token: string;
  readonly fromCookie: boolean;
}

/** Longer than every token and key there is. */
const TOKEN_MAX = 256;

/** Before a token in an Authorization header, in lower case. */
const BEARER = 'bearer ';

/**
 * The one credential of a request, or null where it has none. Throws a Refusal: 400 for headers that repeat or disagree,
 * 401 for what can't be a credential, and for a cookie that may have been sent by another site's page.
 */
export function readCredential(request: IncomingMessage, publicUrl: string): Credential | null {
  const given = headerCredentials(request);
  if (given.length === 0) return fromCookie(request, publicUrl);
  // A cookie comes along by itself: without the header that vouches for it, it says nothing.
  if (isFromOwnPage(request)) given.push(...cookieCredentials(request));
  return agree(given);
}

/** What the headers of a request say, a cookie apart. */
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
  return { kind: kindOf(token), token, fromCookie: false };
}

function fromApiKeyHeader(request: IncomingMessage): Credential[] {
  const value = single(request, 'x-api-key');
  return value === undefined ? [] : [apiKeyCredential(value)];
}

/** The credential in the value of an X-API-Key header. Throws a Refusal for what is no API key. */
export function apiKeyCredential(value: string): Credential {
  const token = trimPresented(value);
  if (token.length > TOKEN_MAX || kindOf(token) !== 'key') throw invalidCredential();
  return { kind: 'key', token, fromCookie: false };
}

function fromCookie(request: IncomingMessage, publicUrl: string): Credential | null {
  const cookie = agree(cookieCredentials(request));
  if (!cookie) return null;
  if (!isFromOwnPage(request))
    throw invalidCredential('A cookie is accepted only together with the header X-Requested-With: keywright');
  const { origin } = request.headers;
  if (origin !== undefined && origin !== publicUrl)
    throw invalidCredential('A cookie is accepted only from pages of this server (see PUBLIC_URL)');
  return cookie;
}

/** The sessions that a browser's cookies name; whether they count, the caller decides. */
export function cookieCredentials(request: IncomingMessage): Credential[] {
  return sessionCookies(request).map((token) => ({ kind: 'session', token, fromCookie: true }));
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
