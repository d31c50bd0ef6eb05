import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generateSecret, hashSecret, parseSecret, startOf } from '../../src/keys/secret.ts';
import { runs } from '../support/properties.ts';

/** Keys of the released format, made apart from this program: each must go on being accepted. */
const GOLDEN = [
  {
    secret: 'kw_live_0123456789ABCDEFGHIJKLMNOPQRSTUV0tyZ62',
    hash: 'a2fb97f24aebda1fb59763489341ffb172a56c237b5944a044baa4fa88234a0d',
    start: 'kw_live_01234567',
    says: { prefix: 'kw', environment: 'live' },
  },
  {
    secret: 'p402_test_WXYZabcdefghijklmnopqrstuvwxyz010qniGf',
    hash: '02297190e4f816fd60872d4a462d78e8ee45f5b18fee9f7828242df90a08da91',
    start: 'p402_test_WXYZab',
    says: { prefix: 'p402', environment: 'test' },
  },
  {
    secret: 'acme_api_live_zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz480ev3',
    hash: 'bfb276a941130d2e7b8147e3636227f55a790d6a49388fa6d4e9c9732cc66c6c',
    start: 'acme_api_live_zzzz',
    says: { prefix: 'acme_api', environment: 'live' },
  },
  {
    secret: 'abcdefgh_ijklmno_live_AbCdEfGhIjKlMnOpQrStUvWxYz01234533KriW',
    hash: 'e54e84d2fd44f9c536e4d12a0656078908da7dcea6f891e0ca5563b21f3fe841',
    start: 'abcdefgh_ijklmno_live_AbCd',
    says: { prefix: 'abcdefgh_ijklmno', environment: 'live' },
  },
  {
    // Its checksum begins with zeros.
    secret: 'kw_live_0000000000000000000000000000036300g9ZM',
    hash: 'b6b23edc4e4c9a541908b14286f850a1f1acffe2a2aeeb691f0b766e5a08450e',
    start: 'kw_live_00000000',
    says: { prefix: 'kw', environment: 'live' },
  },
] as const;

const environments = fc.constantFrom('live' as const, 'test' as const);
const prefixes = fc.constantFrom('kw', 'p402', 'acme_api', 'ab_live', 'abcdefgh_ijklmno');

describe('a golden key', () => {
  test.each(GOLDEN)('$start is accepted, hashed and shown as ever', ({ secret, hash, start, says }) => {
    expect(parseSecret(secret)).toEqual(says);
    expect(hashSecret(secret)).toBe(hash);
    expect(startOf(secret)).toBe(start);
  });
});

describe('a new secret', () => {
  test('has prefix, environment, 32 random and 6 checksum characters', () => {
    expect(generateSecret('kw', 'live')).toMatch(/^kw_live_[0-9A-Za-z]{38}$/);
    expect(generateSecret('acme_api', 'test')).toMatch(/^acme_api_test_[0-9A-Za-z]{38}$/);
  });

  test('is read back as what it was made for', () => {
    const property = fc.property(prefixes, environments, (prefix, environment) => {
      expect(parseSecret(generateSecret(prefix, environment))).toEqual({ prefix, environment });
    });
    fc.assert(property, runs(100, { seed: 1 }));
  });

  test('shows 16 characters, or 4 random ones where that is longer', () => {
    const property = fc.property(prefixes, environments, (prefix, environment) => {
      const secret = generateSecret(prefix, environment);
      const start = startOf(secret);
      expect(secret.startsWith(start)).toBe(true);
      expect(start.length).toBe(Math.max(16, `${prefix}_${environment}_`.length + 4));
    });
    fc.assert(property, runs(100, { seed: 1 }));
  });

  test('uses every character about as often as every other', () => {
    const seen = new Map<string, number>();
    for (let made = 0; made < 2000; made += 1) {
      const random = generateSecret('kw', 'live').slice(8, 40);
      for (const character of random) seen.set(character, (seen.get(character) ?? 0) + 1);
    }
    expect(seen.size).toBe(62);
    // 1032 each; 6 standard deviations are 191.
    for (const count of seen.values()) expect(Math.abs(count - 64_000 / 62)).toBeLessThan(200);
  });

  test('is never made twice', () => {
    const made = Array.from({ length: 1000 }, () => generateSecret('kw', 'live'));
    expect(new Set(made).size).toBe(1000);
  });
});

describe('a malformed secret', () => {
  const secret = GOLDEN[0].secret;

  test('with any one character changed is refused', () => {
    const property = fc.property(
      fc.nat(secret.length - 1),
      fc.constantFrom(...'09AZaz_-. \0é'),
      (at, other) => {
        const changed = secret.slice(0, at) + other + secret.slice(at + 1);
        expect(parseSecret(changed) === null).toBe(changed !== secret);
      },
    );
    fc.assert(property, runs(500, { seed: 1 }));
  });

  test.each([
    ['the empty text', ''],
    ['one with something before it', ` ${secret}`],
    ['one with something after it', `${secret}\n`],
    ['one cut short', secret.slice(0, -1)],
    ['one without its prefix', secret.slice(2)],
    ['one of another environment', secret.replace('live', 'prod')],
    ['a session token', `sess_${'a'.repeat(43)}`],
    ['a very long text', 'kw_live_'.padEnd(1_000_000, 'a')],
  ])('%s is refused', (_what, text) => {
    expect(parseSecret(text)).toBeNull();
  });

  test.each(['sess', 'kwop', 'Kw', 'k', '1kw', 'a__b', 'abcdefghijklmn', 'abcdefgh_ijklmnop'])(
    'with the prefix %s is refused, whatever its checksum',
    (prefix) => {
      expect(parseSecret(generateSecret(prefix, 'live'))).toBeNull();
    },
  );
});
