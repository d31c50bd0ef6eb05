import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { scrub } from '../../src/core/scrub.ts';
import { hashToken, isToken, newToken } from '../../src/sessions/tokens.ts';

describe('a token', () => {
  test.each(['sess_', 'kwop_', ''])('after %j has 256 bits in base64url', (prefix) => {
    const tokens = Array.from({ length: 100 }, () => newToken(prefix));
    for (const token of tokens) {
      expect(token.slice(0, prefix.length)).toBe(prefix);
      expect(token.slice(prefix.length)).toMatch(/^[A-Za-z0-9_-]{43}$/);
      expect(Buffer.from(token.slice(prefix.length), 'base64url')).toHaveLength(32);
      expect(isToken(prefix, token)).toBe(true);
    }
    expect(new Set(tokens).size).toBe(100);
  });

  test.each([
    ['nothing', ''],
    ['the prefix alone', 'sess_'],
    ['a character less', `sess_${'a'.repeat(42)}`],
    ['a character more', `sess_${'a'.repeat(44)}`],
    ['another prefix', `kwop_${'a'.repeat(43)}`],
    ['no prefix', 'a'.repeat(48)],
    ['the prefix in capitals', `SESS_${'a'.repeat(43)}`],
    ['characters of plain base64', `sess_${'a'.repeat(42)}+`],
    ['a line break at the end', `sess_${'a'.repeat(43)}\n`],
    ['NUL', `sess_${'a'.repeat(42)}\0`],
    ['letters beyond ASCII', `sess_${'a'.repeat(42)}é`],
  ])('is not: %s', (_title, text) => {
    expect(isToken('sess_', text)).toBe(false);
  });

  test('of one kind is none of another', () => {
    for (const [prefix, other] of [
      ['sess_', 'kwop_'],
      ['kwop_', ''],
      ['', 'sess_'],
    ] as const)
      expect(isToken(other, newToken(prefix))).toBe(false);
  });

  test('is stored as its SHA-256', () => {
    const token = newToken('sess_');
    expect(hashToken(token)).toBe(createHash('sha256').update(token).digest('hex'));
  });

  test('does not get through to the log', () => {
    for (const prefix of ['sess_', 'kwop_']) {
      const token = newToken(prefix);
      expect(scrub(`before ${token} after`)).not.toContain(token.slice(prefix.length));
    }
  });
});
