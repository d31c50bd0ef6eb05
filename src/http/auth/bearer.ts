import { hasSecretForm, trimPresented } from '../../keys/secret.ts';

/** Scheme of an Authorization header, in lower case. */
const BEARER = 'bearer ';

/** The token in the value of an Authorization header (RFC 6750, 2.1), unchecked. Null for another scheme. */
export function bearerToken(value: string): string | null {
  if (value.slice(0, BEARER.length).toLowerCase() !== BEARER) return null;
  return trimPresented(value.slice(BEARER.length));
}

/** Whether a token has the format of one of Keywright's own: a session, an operator token or an API key. */
export function isOwnToken(token: string): boolean {
  return token.startsWith('sess_') || token.startsWith('kwop_') || hasSecretForm(token);
}
