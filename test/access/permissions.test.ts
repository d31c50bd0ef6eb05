import fc from 'fast-check';
import { expect, test } from 'vitest';
import { covers, isPermission, missing, PERMISSION_MAX, union } from '../../src/access/permissions.ts';
import { runs } from '../support/properties.ts';

const SEED = 5;

/** Permissions over few words, so that they meet. */
const permission = fc.oneof(
  fc.constant('*'),
  fc
    .tuple(fc.array(fc.constantFrom('a', 'b', 'ab'), { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([segments, wildcard]) => [...segments, ...(wildcard ? ['*'] : [])].join('.')),
);

/** Names without a wildcard that may lie below. */
const name = permission.filter((one) => !one.includes('*'));

test.each(['*', 'a', 'a.*', 'a.b.c', 'api.key.*', 'read_render', '0-9.-', 'a'.repeat(PERMISSION_MAX)])(
  '%j is a permission',
  (text) => expect(isPermission(text)).toBe(true),
);

test.each([
  '',
  '.',
  'a.',
  '.a',
  'a..b',
  '**',
  '*.a',
  'a.*.b',
  'a*',
  'a.b*',
  'A',
  'a b',
  'a\n',
  'ä',
  '*\n',
  'a.*.*',
  'a'.repeat(PERMISSION_MAX + 1),
])('%j is none', (text) => expect(isPermission(text)).toBe(false));

test.each([
  [['*'], 'a.b.c', true],
  [['*'], '*', true],
  [['a.*'], 'a.b', true],
  [['a.*'], 'a.b.*', true],
  [['a.*'], 'a.*', true],
  [['a.*'], 'a', false],
  [['a.*'], '*', false],
  [['a.*'], 'ab.c', false],
  [['a.*'], 'ab.*', false],
  [['a.b.*'], 'a.*', false],
  [['a.b'], 'a.b.c', false],
  [['a.b', 'a.c'], 'a.*', false],
  [[], 'a', false],
])('%j covers %j: %j', (held, wanted, outcome) => expect(covers(held, wanted)).toBe(outcome));

test('what covers a permission covers everything that it covers', () => {
  fc.assert(
    fc.property(fc.array(permission), permission, permission, (held, middle, wanted) => {
      fc.pre(covers(held, middle) && covers([middle], wanted));
      return covers(held, wanted);
    }),
    runs(500, { seed: SEED, maxSkipsPerRun: 1_000 }),
  );
});

test('a wildcard is covered only by what covers every name below it', () => {
  fc.assert(
    fc.property(fc.array(permission, { maxLength: 3 }), permission, name, (held, wildcard, below) => {
      fc.pre(covers(held, wildcard) && covers([wildcard], below));
      return covers(held, below);
    }),
    runs(500, { seed: SEED, maxSkipsPerRun: 1_000 }),
  );
});

test('what is missing is what is wanted and not covered; together with it nothing is', () => {
  fc.assert(
    fc.property(fc.array(permission), fc.array(permission), (held, wanted) => {
      const lacking = missing(held, wanted);
      expect(lacking).toEqual(wanted.filter((one) => !covers(held, one)));
      expect(missing(union(held, lacking), wanted)).toEqual([]);
    }),
    runs(300, { seed: SEED }),
  );
});
