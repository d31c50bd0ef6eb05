import { expect, test } from 'vitest';
import { ACTION_GROUPS, phraseOf } from '../../console/src/features/audit/audit-actions.ts';

/** The sentence with `Ada` as the actor and `X` as the object. */
function sentence(action: string, changes: Record<string, unknown> = {}, isSystem = false): string {
  const { words, names, tail } = phraseOf(action, changes, isSystem);
  return `Ada ${words}${names ? ' X' : ''}${tail}`;
}

test.each([
  ['api_key.created', { name: [null, 'X'] }, 'Ada created the key X'],
  ['api_key.updated', { enabled: [true, false] }, 'Ada disabled the key X'],
  ['api_key.updated', { enabled: [false, true] }, 'Ada enabled the key X'],
  ['api_key.updated', { name: ['Old', 'X'] }, 'Ada renamed the key X, before “Old”'],
  ['api_key.updated', { expiresAt: [null, '2030'] }, 'Ada changed the expiry of the key X'],
  [
    'api_key.updated',
    { roleId: [1, 2], ipAllowlist: [[], []] },
    'Ada changed the role and allowed IPs of the key X',
  ],
  [
    'api_key.updated',
    { a: [], b: [], c: [], d: [], e: [] },
    'Ada changed the a, b, c and 2 more fields of the key X',
  ],
  ['api_key.updated', {}, 'Ada changed the key X'],
  [
    'api_key.revoked',
    { status: ['ACTIVE', 'REVOKED'], reason: [null, 'leaked'] },
    'Ada revoked the key X: “leaked”',
  ],
  ['api_key.revoked', { status: ['ACTIVE', 'REVOKED'], reason: [null, null] }, 'Ada revoked the key X'],
  ['member.updated', { roleId: [1, 2], teamIds: [[], []] }, 'Ada changed the role and teams of X'],
  ['role.updated', { permissions: [[], []] }, 'Ada changed the permissions of the role X'],
  [
    'organization.updated',
    { rotationPolicy: [{}, {}] },
    'Ada changed the rotation policy of the organization',
  ],
  ['team.updated', { name: ['Old', 'X'] }, 'Ada renamed the team X, before “Old”'],
  ['thing.of_a_later_release', { enabled: 'odd' }, 'Ada thing.of_a_later_release X'],
])('%s with %j', (action, changes, expected) => {
  expect(sentence(action, changes)).toBe(expected);
});

test('every action is a sentence', () => {
  const actions = ACTION_GROUPS.flatMap((group) => group.actions);
  expect(actions.length).toBeGreaterThan(40);
  for (const action of actions) expect(sentence(action)).toMatch(/^Ada [a-z]/);
});
