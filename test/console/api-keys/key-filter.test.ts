import { describe, expect, test } from 'vitest';
import type { KeyFactsFragment } from '../../../console/src/generated/graphql.ts';
import { compareKeys, isInList } from '../../../console/src/live/key-filter.ts';

const KEY: KeyFactsFragment = {
  id: 'key_1',
  name: 'Müller’s warehouse',
  description: 'Syncs the stock',
  start: 'kw_live_abcdefgh',
  environment: 'LIVE',
  status: 'ACTIVE',
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-06-01T00:00:00.000Z',
  rotationDueAt: null,
  lastUsedAt: null,
  lastUsedIp: null,
  revokedAt: null,
  revocationReason: null,
  permissions: [],
  role: { id: 'role_1', name: 'member' },
  teams: [{ id: 'team_1', name: 'Stock' }],
};

describe('a key that comes while a list is open', () => {
  test.each([
    ['everything', {}, true],
    ['its status', { status: ['ACTIVE' as const] }, true],
    ['another status', { status: ['REVOKED' as const] }, false],
    ['its environment', { environment: 'LIVE' as const }, true],
    ['the other environment', { environment: 'TEST' as const }, false],
    ['its role and team', { roleId: 'role_1', teamId: 'team_1' }, true],
    ['another role', { roleId: 'role_2' }, false],
    ['another team', { teamId: 'team_2' }, false],
    ['a part of its name in other letters', { search: 'MÜLLER' }, true],
    ['a part of its description', { search: 'stock' }, true],
    ['a part of its start', { search: 'abcd' }, true],
    ['what it has nothing of', { search: 'billing' }, false],
    ['an expiry after its own', { expiresBefore: '2026-07-01T00:00:00Z' }, true],
    ['an expiry before its own', { expiresBefore: '2026-05-01T00:00:00Z' }, false],
    ['rotations due, where it has none', { rotationDueBefore: '2030-01-01T00:00:00Z' }, false],
    ['unused since a time after it was made', { unusedSince: '2026-02-01T00:00:00Z' }, true],
    ['unused since a time before it was made', { unusedSince: '2025-02-01T00:00:00Z' }, false],
    ['somebody’s, which it can’t tell', { createdById: 'user_1' }, false],
  ])('stands in it or not: %s', (_title, filter, expected) => {
    expect(isInList(KEY, filter)).toBe(expected);
  });

  test('is not shown among those that are not revoked, where it is', () => {
    expect(isInList({ ...KEY, status: 'REVOKED' }, {})).toBe(false);
  });

  test('takes the place that the order gives it', () => {
    const later = { ...KEY, id: 'key_2', name: 'aardvark', createdAt: '2026-02-01T00:00:00.000Z' };
    expect(compareKeys(later, KEY, { field: 'CREATED_AT', direction: 'DESC' })).toBeLessThan(0);
    expect(compareKeys(later, KEY, { field: 'CREATED_AT', direction: 'ASC' })).toBeGreaterThan(0);
    expect(compareKeys(later, KEY, { field: 'NAME', direction: 'ASC' })).toBeLessThan(0);
    const twin = { ...KEY, id: 'key_0' };
    expect(compareKeys(twin, KEY, { field: 'NAME', direction: 'ASC' })).toBeLessThan(0);
    const lasting = { ...KEY, expiresAt: null };
    expect(compareKeys(KEY, lasting, { field: 'EXPIRES_AT', direction: 'ASC' })).toBeLessThan(0);
  });
});
