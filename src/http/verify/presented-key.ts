import { trimPresented } from '../../keys/secret.ts';
import { bearerToken, isOwnToken } from '../auth/bearer.ts';

const AUTHORIZATION = 'authorization';
const API_KEY = 'x-api-key';

/** Returned for two different keys. */
export const SEVERAL = Symbol('several keys');

/**
 * The API key in a request's headers (names and values alternating): in X-API-Key, or a bearer token (RFC 6750, 2.1).
 * Null without a key. With X-API-Key, a bearer token in another format than Keywright's own is ignored, like an
 * Authorization of another scheme: it is meant for the API behind the gateway.
 */
export function presentedKey(rawHeaders: readonly string[]): string | typeof SEVERAL | null {
  const keys: string[] = [];
  const bearers: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    // Compares lengths first: a request has many headers, and there are many requests.
    if (name.length === AUTHORIZATION.length && name.toLowerCase() === AUTHORIZATION) {
      const token = bearerToken(rawHeaders[index + 1] ?? '');
      if (token) bearers.push(token);
    } else if (name.length === API_KEY.length && name.toLowerCase() === API_KEY) {
      const key = trimPresented(rawHeaders[index + 1] ?? '');
      if (key) keys.push(key);
    }
  }
  const counted = keys.length > 0 ? [...keys, ...bearers.filter(isOwnToken)] : bearers;
  const [first = null] = counted;
  return counted.every((key) => key === first) ? first : SEVERAL;
}
