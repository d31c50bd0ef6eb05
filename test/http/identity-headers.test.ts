import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  IDENTITY_BYTES_MAX,
  identityHeaders,
  noIdentityHeaders,
} from '../../src/http/verify/identity-headers.ts';
import type { VerifiableKey } from '../../src/verification/services.ts';
import { runs } from '../support/properties.ts';

function rawHeadersOf(given: Partial<VerifiableKey>): string[] | null {
  return identityHeaders({
    keyId: 'key_1',
    secretId: 'sec_1',
    organizationId: 'org_1',
    environment: 'live',
    permissions: [],
    roleName: null,
    teamIds: [],
    externalId: null,
    allowlist: [],
    rateLimit: null,
    enabled: true,
    revoked: false,
    expiresAt: 0,
    keyExpiresAt: 0,
    ...given,
  });
}

function headersOf(given: Partial<VerifiableKey>): Map<string, string> {
  const raw = rawHeadersOf(given) ?? [];
  return new Map(raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : [])));
}

test('no text can end a header or begin another', () => {
  const text = fc.string({ unit: 'binary', maxLength: 200 });
  fc.assert(
    fc.property(text, text, (roleName, externalId) => {
      const headers = headersOf({ roleName, externalId });
      for (const [name, given] of [
        ['X-Keywright-Role', roleName],
        ['X-Keywright-External-Id', externalId],
      ] as const) {
        const value = headers.get(name) ?? '';
        expect(value).toMatch(/^[A-Za-z0-9%_.!~*'()-]*$/);
        expect(decodeURIComponent(value)).toBe(given);
      }
    }),
    runs(100),
  );
  expect(headersOf({ roleName: 'a\r\nX-Admin: 1, b' }).get('X-Keywright-Role')).toBe(
    'a%0D%0AX-Admin%3A%201%2C%20b',
  );
});

/** As they stand in an answer. */
function bytesOf(raw: readonly string[]): number {
  let bytes = 0;
  for (let index = 0; index < raw.length; index += 2)
    if (raw[index]?.startsWith('X-Keywright-'))
      bytes += Buffer.byteLength(`${raw[index]}: ${raw[index + 1]}\r\n`);
  return bytes;
}

test('together they take at most 8 KB, to the byte', () => {
  const empty = bytesOf(rawHeadersOf({}) ?? []);
  const permissions = ['p'.repeat(IDENTITY_BYTES_MAX - empty)];
  expect(bytesOf(rawHeadersOf({ permissions }) ?? [])).toBe(8_192);
  for (const more of [{ permissions: [`${permissions[0]}p`] }, { permissions, externalId: 'a' }])
    expect(rawHeadersOf(more)).toBeNull();
  // Encoded, a character takes as many bytes as it has there.
  expect(rawHeadersOf({ roleName: '\u{1f511}'.repeat(IDENTITY_BYTES_MAX / 10) })).toBeNull();
});

test('where there is no key, every one is there and empty', () => {
  const names = (raw: readonly string[]) => raw.filter((_, index) => index % 2 === 0);
  const none = noIdentityHeaders();
  expect(names(none)).toEqual(names(rawHeadersOf({}) ?? []));
  expect(bytesOf(none)).toBe(bytesOf(rawHeadersOf({}) ?? []) - 'key_1org_1live'.length);
});
