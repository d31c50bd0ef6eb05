import { expect, test } from 'vitest';
import { SYSTEM_ROLES } from '../../src/access/permissions.ts';
import { systemRoleLike } from '../../src/roles/look-alikes.ts';

test.each([
  ['оwner', 'owner'],
  ['ОWNER', 'owner'],
  ['0wner', 'owner'],
  ['𝐨𝐰𝐧𝐞𝐫', 'owner'],
  ['ｏｗｎｅｒ', 'owner'],
  ['аdmin', 'admin'],
  ['adrnin', 'admin'],
  ['Admіn', 'admin'],
  ['mеmber', 'member'],
  ['rnember', 'member'],
  ['MEMВER', 'member'],
])('%s looks like the system role %s', (name, role) => {
  expect(systemRoleLike(name)).toBe(role);
});

test.each(['owner', 'Owner', 'ADMIN', 'member', 'owners', 'ówner', 'adm1n', 'Auditor', 'владелец', 'm', ''])(
  '%j is a system role itself, or looks like none',
  (name) => {
    expect(systemRoleLike(name)).toBeNull();
  },
);

test('every letter of every system role has characters that look like it', () => {
  for (const { name } of SYSTEM_ROLES)
    for (const [index, letter] of [...name].entries()) {
      const bold = String.fromCodePoint(0x1d41a + letter.charCodeAt(0) - 0x61);
      expect(systemRoleLike(name.slice(0, index) + bold + name.slice(index + 1))).toBe(name);
    }
});
