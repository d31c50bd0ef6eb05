import { createHmac, pbkdf2Sync, scryptSync } from 'node:crypto';
import { hash as argon2 } from '@node-rs/argon2';
import { hash as bcrypt } from '@node-rs/bcrypt';
import type { HashAlgorithm } from '../../../src/keys/import/stored-hash.ts';
import { digest } from './imports.ts';

/** The pepper of HMACs, whose name is OLD. */
export const PEPPER = 'a pepper';

/** As PHC strings have it. */
export const b64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
export const salt = Buffer.from('0123456789abcdef');

/** A hash of the secret by each algorithm, as cheap as it may be. */
export const HASHES: Readonly<
  Record<Exclude<HashAlgorithm, 'SHA256'>, (secret: string) => Promise<string> | string>
> = {
  SHA384: (secret) => digest('sha384', secret, 'hex'),
  SHA512: (secret) => digest('sha512', secret, 'base64'),
  HMAC_SHA256: (secret) => `OLD:${createHmac('sha256', PEPPER).update(secret).digest('hex')}`,
  BCRYPT: (secret) => bcrypt(secret, 4),
  ARGON2ID: (secret) => argon2(secret, { memoryCost: 64, timeCost: 1 }),
  SCRYPT: (secret) =>
    `$scrypt$ln=4,r=8,p=1$${b64(salt)}$${b64(scryptSync(secret, salt, 32, { N: 16, r: 8, p: 1 }))}`,
  PBKDF2_SHA256: (secret) =>
    `$pbkdf2-sha256$i=10$${b64(salt)}$${b64(pbkdf2Sync(secret, salt, 10, 32, 'sha256'))}`,
};
