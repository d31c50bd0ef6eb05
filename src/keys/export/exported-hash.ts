import type { HashAlgorithm } from '../import/stored-hash.ts';

/** Before the hash of a secret that already was the secret of another key. In another installation, it may not be. */
const TAKEN = /^taken:[^:]*:/;

const DIGEST = /^(sha384|sha512):/;
const HMAC = 'hmac-sha256:';

/** By the start of the hash. */
const PASSWORD_HASHES: readonly (readonly [start: string, algorithm: HashAlgorithm])[] = [
  ['$2', 'BCRYPT'],
  ['$argon2id$', 'ARGON2ID'],
  ['$scrypt$', 'SCRYPT'],
  ['$pbkdf2-sha256$', 'PBKDF2_SHA256'],
];

/** A stored hash as it was stored by the import, even if the secret already was that of another key. */
export function withoutTaken(stored: string): string {
  return stored.replace(TAKEN, '');
}

/** A stored hash as `importApiKeys` takes it. */
export function exportedHash(stored: string): { algorithm: HashAlgorithm; hash: string } {
  const text = withoutTaken(stored);
  const [, digest] = DIGEST.exec(text) ?? [];
  if (digest !== undefined)
    return { algorithm: digest.toUpperCase() as HashAlgorithm, hash: text.slice(digest.length + 1) };
  if (text.startsWith(HMAC)) return { algorithm: 'HMAC_SHA256', hash: text.slice(HMAC.length) };
  const [, algorithm] = PASSWORD_HASHES.find(([start]) => text.startsWith(start)) ?? [];
  return { algorithm: algorithm ?? 'SHA256', hash: text };
}
