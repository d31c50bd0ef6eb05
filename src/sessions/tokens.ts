import { hash, randomBytes } from 'node:crypto';

/** Prefix of session tokens. */
export const SESSION_PREFIX = 'sess_';

/** Prefix of operator tokens. */
export const OPERATOR_PREFIX = 'kwop_';

/** Prefix of sign-in link tokens. */
export const SIGN_IN_PREFIX = '';

const SECRET_BYTES = 32;
const SECRET = /^[\w-]{43}$/;

/** A new token: the prefix and 256 random bits as 43 base64url characters. */
export function newToken(prefix: string): string {
  return prefix + randomBytes(SECRET_BYTES).toString('base64url');
}

/** Whether the text has the format of a token with this prefix. Anything else needs no query. */
export function isToken(prefix: string, text: string): boolean {
  return text.startsWith(prefix) && SECRET.test(text.slice(prefix.length));
}

/** The stored hash: SHA-256, hexadecimal. Random tokens don't need a slow hash. */
export function hashToken(token: string): string {
  return hash('sha256', token, 'hex');
}
