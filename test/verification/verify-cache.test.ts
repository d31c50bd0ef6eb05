import { describe, expect, test } from 'vitest';
import type { Stale } from '../../src/cluster/stale.ts';
import type { VerifiableKey } from '../../src/verification/services.ts';
import { VerifyCache } from '../../src/verification/verify-cache.ts';

const NONE: Pick<VerifiableKey, 'permissions' | 'teamIds' | 'allowlist'> = {
  permissions: [],
  teamIds: [],
  allowlist: [],
};

function key(keyId: string, organizationId = 'org'): VerifiableKey {
  return {
    keyId,
    secretId: `sec ${keyId}`,
    organizationId,
    environment: 'live',
    ...NONE,
    roleName: null,
    externalId: null,
    rateLimit: null,
    enabled: true,
    revoked: false,
    expiresAt: 0,
    keyExpiresAt: 0,
  };
}

function stale(last: number, keyIds: readonly string[] | null, organizationId: string | null = 'org'): Stale {
  return { organizationId, first: last, last, keyIds };
}

describe('what verification remembers', () => {
  test('is the most recently used keys, so many and no more', () => {
    const cache = new VerifyCache(3);
    for (const name of ['a', 'b', 'c']) cache.put(name, key(name), 1, 0);
    cache.get('a');
    cache.put('d', key('d'), 1, 0);
    expect(['a', 'b', 'c', 'd'].filter((name) => cache.get(name))).toEqual(['a', 'c', 'd']);
    for (let index = 0; index < 1_000; index += 1)
      cache.put(`${index}`, key(`${index}`, `org ${index}`), 1, 0);
    expect(cache.size).toBe(3);
  });

  test('is forgotten with the key: all its secrets, and no other', () => {
    const cache = new VerifyCache(100);
    for (const name of ['a1', 'a2', 'a3', 'b1']) cache.put(name, key(name.charAt(0)), 1, 0);
    cache.apply(stale(2, ['a']));
    expect(['a1', 'a2', 'a3', 'b1'].filter((name) => cache.get(name))).toEqual(['b1']);
    expect(cache.size).toBe(1);
  });

  test('loses no secret of a key where another of it leaves first', () => {
    for (const first of ['a1', 'a2', 'a3']) {
      const cache = new VerifyCache(3);
      for (const name of ['a1', 'a2', 'a3']) cache.put(name, key('a'), 1, 0);
      for (const name of ['a1', 'a2', 'a3']) if (name !== first) cache.get(name);
      cache.put('b', key('b'), 1, 0);
      expect(cache.get(first)).toBeUndefined();
      cache.apply(stale(2, ['a']));
      expect(cache.size).toBe(1);
    }
  });

  test('can be read again under the same hash', () => {
    const cache = new VerifyCache(3);
    const [older, newer] = [key('a'), key('a')];
    cache.put('a', older, 1, 0);
    cache.put('a', newer, 2, 1);
    expect(cache.get('a')?.key).toBe(newer);
    cache.apply(stale(3, ['a']));
    expect(cache.get('a')).toBeUndefined();
    expect(cache.size).toBe(0);
  });

  test('is forgotten with its organization, and not with another', () => {
    const cache = new VerifyCache(100);
    cache.put('a', key('a'), 1, 0);
    cache.put('b', key('b', 'other'), 1, 0);
    cache.apply(stale(2, null));
    expect(cache.get('a')).toBeUndefined();
    expect(cache.get('b')).toBeDefined();
    cache.put('a', key('a'), 2, 0);
    expect(cache.get('a')).toBeDefined();
  });

  test('is all forgotten where anything may have changed', () => {
    const cache = new VerifyCache(100);
    cache.put('a', key('a'), 1, 0);
    cache.put('b', key('b', 'other'), 1, 0);
    const read = cache.startRead();
    cache.apply(stale(0, null, null));
    expect([cache.get('a'), cache.get('b'), cache.size, read.all]).toEqual([undefined, undefined, 0, true]);
  });

  test('knows how far the changes of an organization have taken effect, whatever order they come in', () => {
    const cache = new VerifyCache(100);
    const { organization } = cache.put('a', key('a'), 5, 0);
    cache.apply(stale(7, []));
    expect(organization.applied).toBe(5);
    cache.apply(stale(6, []));
    expect(organization.applied).toBe(6);
    cache.apply({ organizationId: 'org', first: 3, last: 9, keyIds: [] });
    expect(organization.applied).toBe(9);
    cache.apply(stale(4, []));
    expect(organization.applied).toBe(9);
    // What a later read finds does not say what else has changed in between.
    expect(cache.put('b', key('b'), 12, 1).organization.applied).toBe(9);
  });

  test('a read under way hears of the last change of each key, or of all of an organization', () => {
    const cache = new VerifyCache(100);
    const [early, late] = [cache.startRead(), cache.startRead()];
    cache.apply(stale(3, null));
    cache.endRead(early);
    cache.apply(stale(2, null));
    cache.apply(stale(4, []));
    cache.apply(stale(8, ['a', 'b'], 'other'));
    cache.apply(stale(7, ['b'], 'other'));
    expect([...early.changes]).toEqual([['org', 3]]);
    expect([...late.changes]).toEqual([
      ['org', 3],
      ['a', 8],
      ['b', 8],
    ]);
  });
});
