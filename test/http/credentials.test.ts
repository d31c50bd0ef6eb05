import { describe, expect, test } from 'vitest';
import { explicitCredentials } from '../../src/http/auth/credentials.ts';
import { PRESENTED_MAX } from '../../src/keys/secret.ts';

/** Every character that a secret of another system may have. */
const PRINTABLE = String.fromCharCode(...Array.from({ length: 94 }, (_, index) => 0x21 + index));

describe('a credential in a header', () => {
  test('may be as long as any secret that a key can have', () => {
    expect(PRESENTED_MAX).toBe(512);
    for (const length of [16, 257, PRESENTED_MAX]) {
      const token = 'k'.repeat(length);
      const expected = [{ kind: 'key', token }];
      expect(explicitCredentials([`Bearer ${token}`], [])).toEqual(expected);
      expect(explicitCredentials([], [token])).toEqual(expected);
    }
    const token = 'k'.repeat(PRESENTED_MAX + 1);
    expect(() => explicitCredentials([`Bearer ${token}`], [])).toThrow();
    expect(() => explicitCredentials([], [token])).toThrow();
  });

  test('may have every printable character, at both doors alike, and no others', () => {
    const expected = [{ kind: 'key', token: PRINTABLE }];
    expect(explicitCredentials([`Bearer ${PRINTABLE}`], [])).toEqual(expected);
    expect(explicitCredentials([], [PRINTABLE])).toEqual(expected);
    for (const token of ['', 'two words', 'a\tb', 'k\x7f', 'k\x80', 'kéy']) {
      expect(() => explicitCredentials([`Bearer ${token}`], [])).toThrow();
      expect(() => explicitCredentials([], [token])).toThrow();
    }
  });

  test('has the scheme Bearer, which the error names', () => {
    for (const value of ['', 'Bearer', 'Basic YTpi', `sess_${'x'.repeat(43)}`])
      expect(() => explicitCredentials([value], [])).toThrow('Authorization must be Bearer, followed by');
  });
});
