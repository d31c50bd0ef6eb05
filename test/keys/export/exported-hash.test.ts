import { expect, test } from 'vitest';
import { exportedHash } from '../../../src/keys/export/exported-hash.ts';
import { readHash } from '../../../src/keys/import/read-hash.ts';

const PEPPERS = new Map([['OLD', 'pepper']]);

test.each([
  ['SHA256', 'ab'.repeat(32)],
  ['SHA384', `sha384:${'ab'.repeat(48)}`],
  ['SHA512', `sha512:${'ab'.repeat(64)}`],
  ['HMAC_SHA256', `hmac-sha256:OLD:${'ab'.repeat(32)}`],
  ['BCRYPT', '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy'],
  ['ARGON2ID', '$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$c29tZWhhc2hzb21laGFzaHNvbWVoYXNo'],
  ['SCRYPT', '$scrypt$ln=15,r=8,p=1$c29tZXNhbHRzb21lc2FsdA$c29tZWhhc2hzb21laGFzaHNvbWVoYXNo'],
  ['PBKDF2_SHA256', '$pbkdf2-sha256$i=600000$c29tZXNhbHRzb21lc2FsdA$c29tZWhhc2hzb21laGFzaHNvbWVoYXNo'],
] as const)('a stored hash of %s is imported as it was', (algorithm, stored) => {
  const exported = exportedHash(stored);
  expect(exported.algorithm).toBe(algorithm);
  expect(readHash(algorithm, exported.hash, PEPPERS)).toMatchObject({ stored });
});

test('the hash of a secret that belonged to another key is exported as it was imported', () => {
  const digest = 'cd'.repeat(32);
  expect(exportedHash(`taken:sec_01:${digest}`)).toEqual({ algorithm: 'SHA256', hash: digest });
  expect(exportedHash(`taken:sec_01:hmac-sha256:OLD:${digest}`)).toEqual({
    algorithm: 'HMAC_SHA256',
    hash: `OLD:${digest}`,
  });
});
