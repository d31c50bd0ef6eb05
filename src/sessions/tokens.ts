import { hash, randomBytes } from 'node:crypto';

/** What a session token starts with. */
export const SESSION_PREFIX = 'sess_';

/** What an operator token starts with. */
export const OPERATOR_PREFIX = 'kwop_';

/** What the token of a sign-in link starts with. */
export const SIGN_IN_PREFIX = '';

const SECRET_BYTES = 32;
const SECRET = /^[\w-]{43}$/;

/** A new token: the prefix and 256 random bits as 43 base64url characters. */
export function newToken(prefix: string): string {
  return prefix + randomBytes(SECRET_BYTES).toString('base64url');
}

/** Whether the text has the form of a token with this prefix: what hasn't, needs no look into the database. */
export function isToken(prefix: string, text: string): boolean {
  return text.startsWith(prefix) && SECRET.test(text.slice(prefix.length));
}

/** The stored form: SHA-256, hexadecimal. Random tokens need no slow hash. */
export function hashToken(token: string): string {
  return hash('sha256', token, 'hex');
}
