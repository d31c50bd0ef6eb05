import { HASH_ALGORITHMS, type HashAlgorithm } from '../../keys/import/stored-hash.ts';
import { hashSecret, isPresentable } from '../../keys/secret.ts';
import type { Fields } from './fields.ts';

/** The hash of a secret. */
export interface Hashed {
  readonly hash: string;
  readonly algorithm: HashAlgorithm;
}

const SECRET_MIN = 16;

/** The hash of a secret that another system stored in plain text. Records a fault if it can't be a secret. */
export function hashPlain(fields: Fields, name: string, secret: string): Hashed | undefined {
  if (secret.length >= SECRET_MIN && isPresentable(secret))
    return { hash: hashSecret(secret), algorithm: 'SHA256' };
  return fields.fault(name, 'must have 16 to 512 printable ASCII characters without spaces');
}

/** A SHA-256 digest in hexadecimal, base64 or base64url, as hexadecimal. Null if it is none. */
export function sha256Hex(text: string): string | null {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  if (!/^[\w+/-]{43}=?$/.test(text)) return null;
  const digest = Buffer.from(text, 'base64');
  return digest.length === 32 ? digest.toString('hex') : null;
}

/** The algorithm in a field, in any case. */
export function algorithmIn(fields: Fields, name: string): HashAlgorithm | undefined {
  const text = fields.filled(name)?.toUpperCase();
  const found = HASH_ALGORITHMS.find((algorithm) => algorithm === text);
  if (text !== undefined && !found) fields.fault(name, `must be one of ${HASH_ALGORITHMS.join(', ')}`);
  return found;
}
