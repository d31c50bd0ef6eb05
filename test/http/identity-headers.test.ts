import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { VerifiableKey } from '../../src/context.ts';
import { identityHeaders } from '../../src/http/identity-headers.ts';

function headersOf(given: Partial<VerifiableKey>): Map<string, string> {
  const raw = identityHeaders({
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
  );
  expect(headersOf({ roleName: 'a\r\nX-Admin: 1, b' }).get('X-Keywright-Role')).toBe(
    'a%0D%0AX-Admin%3A%201%2C%20b',
  );
});
