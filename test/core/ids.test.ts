import { TypeID } from 'typeid-js';
import { describe, expect, test } from 'vitest';
import { type IdType, idType, isId, newId } from '../../src/core/ids.ts';

describe('an id', () => {
  test.each<IdType>(['org', 'team', 'user', 'mem', 'role', 'key', 'sec', 'evt', 'ses', 'op'])(
    'of type %s begins with it and is known again',
    (type) => {
      const id = newId(type);
      expect(id).toMatch(new RegExp(`^${type}_[0-7][0-9a-hjkmnp-tv-z]{25}$`));
      expect(idType(id)).toBe(type);
      expect(isId(type, id)).toBe(true);
    },
  );

  test('is of one type only', () => {
    expect(isId('key', newId('sec'))).toBe(false);
  });

  test('sorts by when it was made', async () => {
    const first = newId('key');
    const start = Date.now();
    while (Date.now() === start);
    expect(newId('key') > first).toBe(true);
  });

  test('of a user doesn’t say when it was made', () => {
    const timeOf = (id: string) =>
      Number.parseInt(TypeID.fromString(id).toUUID().replaceAll('-', '').slice(0, 12), 16);
    const now = Date.now();
    const ids = Array.from({ length: 200 }, () => newId('user'));
    const times = ids.map(timeOf).sort((one, other) => one - other);
    expect(new Set(ids).size).toBe(200);
    expect(ids.map((id) => TypeID.fromString(id).toUUID()[14])).toEqual(ids.map(() => '7'));
    expect(times.at(-1)).toBeLessThanOrEqual(Date.now());
    const DAY_MS = 86_400_000;
    expect(new Set(times.map((time) => Math.floor(time / DAY_MS))).size).toBeGreaterThan(100);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(700 * DAY_MS);
    expect(timeOf(newId('mem'))).toBeGreaterThanOrEqual(now);
  });

  const id = newId('key');
  test.each([
    ['nothing', ''],
    ['an unknown type', id.replace('key', 'cat')],
    ['no type', id.slice(4)],
    ['no underscore', id.replace('_', '')],
    ['one character less', id.slice(0, -1)],
    ['one character more', `${id}0`],
    ['upper case', id.toUpperCase()],
    ['a letter that isn’t used', `${id.slice(0, -1)}u`],
    ['a number too large', `key_8${id.slice(5)}`],
    ['NUL', `${id.slice(0, -1)}\0`],
    ['half a surrogate pair', `${id.slice(0, -1)}\ud83d`],
    ['much text', 'key_'.padEnd(1_000_000, '0')],
  ])('is not %s', (_what, text) => {
    expect(idType(text)).toBeNull();
  });
});
