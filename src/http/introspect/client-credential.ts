import type { IncomingMessage } from 'node:http';
import { isOwnToken } from '../auth/bearer.ts';
import {
  type Credential,
  explicitCredentials,
  headerValue,
  requireSingleCredential,
} from '../auth/credentials.ts';

/** HTTP Basic, in the value of an Authorization header. */
const BASIC = /^basic(?: +|$)/i;

/**
 * The credential of an OAuth client, not yet verified: a bearer token, X-API-Key, or a client secret in HTTP Basic or in
 * the form (RFC 6749, 2.3.1). The client ID can be any text; if it has the format of a credential, it counts as one.
 * Throws a Refusal: 400 for different credentials, 401 for a value that can't be one.
 */
export function clientCredential(request: IncomingMessage, form: URLSearchParams): Credential | null {
  const authorizations = headerValue(request, 'authorization').flatMap((value) =>
    BASIC.test(value.slice(0, 20)) ? asBearer(...basicClient(value.replace(BASIC, ''))) : value,
  );
  const [id, secret] = [form.get('client_id') ?? '', form.get('client_secret') ?? ''];
  // A client without a secret only names itself.
  const inForm = secret === '' && !isOwnToken(id) ? [] : asBearer(id, secret);
  return requireSingleCredential(
    explicitCredentials([...authorizations, ...inForm], headerValue(request, 'x-api-key')),
  );
}

/** Whether the client presents a bearer token or an API key, so that its errors follow RFC 6750 instead of RFC 6749. */
export function isBearer({ headers }: IncomingMessage): boolean {
  const { authorization, 'x-api-key': apiKey } = headers;
  return authorization === undefined ? apiKey !== undefined : !BASIC.test(authorization.slice(0, 20));
}

function asBearer(id: string, secret: string): string[] {
  const tokens = isOwnToken(id) ? [id, ...(secret === '' ? [] : [secret])] : [secret];
  return tokens.map((token) => `Bearer ${token}`);
}

/** The client ID and secret in the value of HTTP Basic, which are form-encoded first. Both are empty if it is malformed. */
function basicClient(encoded: string): [id: string, secret: string] {
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  try {
    return [decode(text.slice(0, Math.max(colon, 0))), decode(colon < 0 ? '' : text.slice(colon + 1))];
  } catch {
    return ['', ''];
  }
}

function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
