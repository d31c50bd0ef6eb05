import { trimPresented } from '../keys/secret.ts';

const AUTHORIZATION = 'authorization';
const API_KEY = 'x-api-key';

/** In place of a key: there are two that differ. */
export const SEVERAL = Symbol('several keys');

const BEARER = 'bearer ';

/**
 * The API key in a request's headers (names and values in turn, as they came): a bearer's token (RFC 6750, 2.1) or that
 * of X-API-Key. Null where there is none. An Authorization of another scheme
 * is none: it may be meant for who is behind the gateway.
 */
export function presentedKey(rawHeaders: readonly string[]): string | typeof SEVERAL | null {
  let found: string | null = null;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const key = keyIn(rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '');
    if (key === null || key === found) continue;
    if (found !== null) return SEVERAL;
    found = key;
  }
  return found;
}

function keyIn(name: string, value: string): string | null {
  // By their lengths first: a request has many headers, and is one of many.
  if (name.length === AUTHORIZATION.length && name.toLowerCase() === AUTHORIZATION)
    return value.slice(0, BEARER.length).toLowerCase() === BEARER
      ? trimPresented(value.slice(BEARER.length)) || null
      : null;
  if (name.length === API_KEY.length && name.toLowerCase() === API_KEY) return trimPresented(value) || null;
  return null;
}
