import { type Digest, type HashAlgorithm, storedDigest } from './stored-hash.ts';

/** A hash as it is stored, and the form of its secret. */
export interface ImportedHash {
  readonly stored: string;
  readonly form: string;
}

const DIGEST_OF: Readonly<Partial<Record<HashAlgorithm, Digest>>> = {
  SHA256: 'sha256',
  SHA384: 'sha384',
  SHA512: 'sha512',
};

/** Longest text of a hash, in characters. */
const HASH_MAX = 512;

/** Reads the hash of a secret. Returns a text that explains what is wrong with it. */
export function readHash(algorithm: HashAlgorithm, text: string): ImportedHash | string {
  if (text.length > HASH_MAX) return `must have at most ${HASH_MAX} characters`;
  const digest = DIGEST_OF[algorithm];
  if (!digest) return `can't be of the algorithm ${algorithm}`;
  const stored = storedDigest(digest, text);
  if (stored === null) return `must be a ${algorithm} digest in hexadecimal or base64`;
  return { stored, form: digest };
}
