import { expect, test } from 'vitest';
import { KeyUses } from '../../src/verifiers/slices/key-uses.ts';

test('uses of five seconds are known for five seconds more', () => {
  const uses = new KeyUses();
  uses.add('key', 30, 10_000);
  uses.add('key', 12, 14_999);
  expect(uses.recent('key', 14_999)).toBe(42);
  uses.add('key', 1, 15_000);
  expect([15_000, 19_999, 20_000, 25_000].map((now) => uses.recent('key', now))).toEqual([42, 42, 1, 0]);
  expect(uses.recent('another', 15_000)).toBe(0);
});

test('of more than 10,000 keys, those that were used last are known', () => {
  const uses = new KeyUses();
  for (let n = 0; n <= 10_000; n += 1) {
    uses.add('key', 1, 0);
    uses.add(`key ${n}`, 1, 0);
  }
  const known = ['key', 'key 0', 'key 1', 'key 2', 'key 10000'].map((keyId) => uses.recent(keyId, 0));
  expect(known).toEqual([10_001, 0, 0, 1, 1]);
});
