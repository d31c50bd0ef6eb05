import { isPasswordAlgorithm, passwordHashFault } from './password-hash.ts';
import {
  type Digest,
  type HashAlgorithm,
  hmacForm,
  type Peppers,
  storedDigest,
  storedHmac,
} from './stored-hash.ts';

/** A hash as it is stored, and the form of its secret. */
export interface ImportedHash {
  readonly stored: string;
  /** See `imported-forms.ts`. That of a password hash depends on the start of the secret. */
  readonly form: string | null;
}

const DIGEST_OF: Readonly<Partial<Record<HashAlgorithm, Digest>>> = {
  SHA256: 'sha256',
  SHA384: 'sha384',
  SHA512: 'sha512',
};

/** Longest text of a hash, in characters. */
const HASH_MAX = 512;

/** Names the pepper of a digest. */
const PEPPERED = /^([A-Z0-9_]{1,40}):(.*)$/;
const DEFAULT_PEPPER = 'DEFAULT';

/** Reads the hash of a secret. Returns a text that explains what is wrong with it. */
export function readHash(algorithm: HashAlgorithm, text: string, peppers: Peppers): ImportedHash | string {
  if (text.length > HASH_MAX) return `must have at most ${HASH_MAX} characters`;
  if (algorithm === 'HMAC_SHA256') return readHmac(text, peppers);
  if (isPasswordAlgorithm(algorithm))
    return passwordHashFault(algorithm, text) ?? { stored: text, form: null };
  const digest = DIGEST_OF[algorithm];
  const stored = digest ? storedDigest(digest, text) : null;
  if (!digest || stored === null) return `must be a ${algorithm} digest in hexadecimal or base64`;
  return { stored, form: digest };
}

function readHmac(text: string, peppers: Peppers): ImportedHash | string {
  const [, pepper = DEFAULT_PEPPER, digest = text] = PEPPERED.exec(text) ?? [];
  const stored = storedHmac(pepper, digest);
  if (stored === null)
    return 'must be the name of a pepper, a colon, and a SHA-256 HMAC in hexadecimal or base64';
  if (!peppers.has(pepper)) return `requires the pepper ${pepper}: set IMPORT_PEPPER_${pepper}`;
  return { stored, form: hmacForm(pepper) };
}
