import { trimPresented } from '../../keys/secret.ts';
import { bearerToken, isOwnToken } from '../auth/bearer.ts';

const AUTHORIZATION = 'authorization';
const API_KEY = 'x-api-key';

/** Stands for two different keys. */
export const SEVERAL = Symbol('several keys');

/**
 * The API key in a request's headers (names and values in turn, as they came): that of X-API-Key, or a bearer's token
 * (RFC 6750, 2.1). Null if there is none. Next to X-API-Key a bearer's token in another form than Keywright's own is
 * ignored, as an Authorization of another scheme always is: it is meant for the API behind the gateway.
 */
export function presentedKey(rawHeaders: readonly string[]): string | typeof SEVERAL | null {
  const keys: string[] = [];
  const bearers: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    // By their lengths first: a request has many headers, and is one of many.
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
