import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

const SALT = 'keywright idempotency key';
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Values derived from an idempotency key for one caller in one scope. */
export interface AnswerKeys {
  /** Where the answer is stored. Reveals neither the idempotency key nor `encryption`. */
  readonly id: string;
  /** Never stored: without the idempotency key, the answer can't be decrypted. */
  readonly encryption: Buffer;
}

/**
 * Derives both with HKDF-SHA256 (RFC 5869). They are as hard to guess as the idempotency key. Another caller or
 * scope, which is an organization or empty, gets others from the same idempotency key.
 */
export function answerKeys(idempotencyKey: string, callerId: string, scope: string): AnswerKeys {
  const derive = (purpose: string): Buffer => {
    const info = JSON.stringify([purpose, callerId, scope]);
    return Buffer.from(hkdfSync('sha256', idempotencyKey, SALT, info, 32));
  };
  return { id: derive('id').toString('hex'), encryption: derive('encryption') };
}

/** Encrypts a JSON value with AES-256-GCM and a random nonce, bound to its id. Base64. */
export function seal({ id, encryption }: AnswerKeys, value: unknown): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, encryption, nonce).setAAD(Buffer.from(id));
  const parts = [nonce, cipher.update(JSON.stringify(value), 'utf8'), cipher.final()];
  return Buffer.concat([...parts, cipher.getAuthTag()]).toString('base64');
}

/** Decrypts a sealed value. Throws if it was changed, or sealed under other keys. */
export function unseal({ id, encryption }: AnswerKeys, sealed: string): unknown {
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv(CIPHER, encryption, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(id)).setAuthTag(bytes.subarray(-TAG_BYTES));
  const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  return JSON.parse(text.toString('utf8'));
}

/** SHA-256 of an input, regardless of the order of its properties. Undefined properties count as omitted. */
export function inputDigest(operation: string, input: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([operation, canonical(input)]))
    .digest('base64');
}

function canonical(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(canonical);
  // As a list, because the names may be special, such as __proto__.
  const properties = Object.entries(value)
    .filter(([, own]) => own !== undefined)
    .map(([name, own]) => [name, canonical(own)] as const);
  return { properties: properties.sort(([a], [b]) => (a < b ? -1 : 1)) };
}
