import { createHmac, hash } from 'node:crypto';
import { hashSecret } from '../secret.ts';

/** Algorithms of the hashes that are imported. */
export const HASH_ALGORITHMS = [
  'SHA256',
  'SHA384',
  'SHA512',
  'HMAC_SHA256',
  'BCRYPT',
  'ARGON2ID',
  'SCRYPT',
  'PBKDF2_SHA256',
] as const;

export type HashAlgorithm = (typeof HASH_ALGORITHMS)[number];

/**
 * Digests by which a secret is looked up directly, and their lengths in bytes. The text in the database is `<name>:<hex>`;
 * of SHA-256, as of all other secrets, it is the digest alone.
 */
export const DIGESTS = { sha256: 32, sha384: 48, sha512: 64 } as const;

export type Digest = keyof typeof DIGESTS;

/** The text by which a digest of a secret is stored and looked up. */
export function digestOf(digest: Digest, secret: string): string {
  return digest === 'sha256' ? hashSecret(secret) : `${digest}:${hash(digest, secret, 'hex')}`;
}

/** The same for a digest that was imported. Null if it isn't hexadecimal, base64 or base64url of the right length. */
export function storedDigest(digest: Digest, text: string): string | null {
  const hex = hexOf(text, DIGESTS[digest]);
  if (hex === null) return null;
  return digest === 'sha256' ? hex : `${digest}:${hex}`;
}

/** Secret keys of HMACs, by name. */
export type Peppers = ReadonlyMap<string, string>;

const HMAC = 'hmac-sha256:';

/** The form of secrets that were imported as HMACs with a pepper. */
export function hmacForm(pepper: string): string {
  return `${HMAC}${pepper}`;
}

/** The text by which an imported HMAC is stored: `hmac-sha256:<pepper>:<hex>`. Null if it isn't one. */
export function storedHmac(pepper: string, digest: string): string | null {
  const hex = hexOf(digest, DIGESTS.sha256);
  return hex && `${hmacForm(pepper)}:${hex}`;
}

/**
 * The text by which a secret of this form is looked up. Null if it can't be: of password hashes, and if the pepper is
 * not configured here.
 */
export function lookupHash(form: string, secret: string, peppers: Peppers): string | null {
  if (form in DIGESTS) return digestOf(form as Digest, secret);
  if (!form.startsWith(HMAC)) return null;
  const pepper = peppers.get(form.slice(HMAC.length));
  return pepper === undefined ? null : `${form}:${createHmac('sha256', pepper).update(secret).digest('hex')}`;
}

const HEX = /^[0-9A-Fa-f]+$/;

/** Bytes of this length as lower-case hexadecimal, from hexadecimal, base64 or base64url with or without padding. */
export function hexOf(text: string, bytes: number): string | null {
  if (text.length === 2 * bytes && HEX.test(text)) return text.toLowerCase();
  if (text.length > Math.ceil(bytes / 3) * 4) return null;
  for (const encoding of ['base64', 'base64url'] as const) {
    const decoded = Buffer.from(text, encoding);
    if (
      decoded.length === bytes &&
      decoded.toString(encoding).replaceAll('=', '') === text.replaceAll('=', '')
    )
      return decoded.toString('hex');
  }
  return null;
}
