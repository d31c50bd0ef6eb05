import fc from 'fast-check';
import { GraphQLScalarType, parseValue } from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { runs } from '../support/properties.ts';

function scalar(name: string): GraphQLScalarType {
  const type = schema.getType(name);
  if (type instanceof GraphQLScalarType) return type;
  throw new Error(`${name} is no scalar`);
}

describe('DateTime', () => {
  const dateTime = scalar('DateTime');

  test.each([
    ['2030-01-31T12:00:00Z', '2030-01-31T12:00:00.000Z'],
    ['2030-01-31t12:00:00.1239z', '2030-01-31T12:00:00.123Z'],
    ['2030-01-31T12:00:00+14:00', '2030-01-30T22:00:00.000Z'],
    ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00.000Z'],
    ['0000-02-29T00:00:00Z', '0000-02-29T00:00:00.000Z'],
    ['2000-02-29T00:00:00-00:00', '2000-02-29T00:00:00.000Z'],
  ])('reads %s', (given, shown) => {
    expect(dateTime.serialize(dateTime.parseValue(given))).toBe(shown);
  });

  test('writes every time as JavaScript does, whichever was written before', () => {
    const max = 8_640_000_000_000_000;
    const time = fc.oneof(fc.integer({ min: -max, max }), fc.integer({ min: -7_200_000, max: 7_200_000 }));
    fc.assert(
      fc.property(fc.array(time), (times) => {
        for (const one of [...times, -max, max, -1, 0])
          expect(dateTime.serialize(one)).toBe(new Date(one).toISOString());
      }),
      runs(500),
    );
    for (const none of [Number.NaN, Number.MAX_SAFE_INTEGER, undefined])
      expect(() => dateTime.serialize(none)).toThrow(RangeError);
  });

  test.each([
    '',
    'tomorrow',
    '2030-01-31',
    '2030-01-31T12:00:00',
    '2030-02-30T12:00:00Z',
    '2029-02-29T12:00:00Z',
    '2100-02-29T12:00:00Z',
    '2027-04-31T12:00:00+02:00',
    // A leap second: no clock shows it.
    '2016-12-31T23:59:60Z',
    '2030-01-31T12:00:00+24:00',
    '2030-01-31T12:00:00+02:60',
    '2030-01-31 12:00:00Z',
    '２０３０-01-31T12:00:00Z',
    `2030-01-31T12:00:00.${'0'.repeat(100_000)}Z`,
    '2030-01-31T24:00:00Z',
    '+010000-01-01T00:00:00Z',
    // In UTC, years that RFC 3339 can't write.
    '9999-12-31T23:59:59-00:01',
    '0000-01-01T00:00:00+00:01',
    1_900_000_000_000,
    null,
  ])('refuses %s', (given) => {
    expect(() => dateTime.parseValue(given)).toThrow('RFC 3339');
  });
});

test('SafeInt reaches to 2^53 - 1', () => {
  const safeInt = scalar('SafeInt');
  expect(safeInt.parseValue(2 ** 53 - 1)).toBe(2 ** 53 - 1);
  for (const given of [2 ** 53, 1.5, '1', null]) expect(() => safeInt.parseValue(given)).toThrow('SafeInt');
});

test('JSONObject is an object, CIDR and Permission are strings', () => {
  expect(scalar('JSONObject').parseValue({ a: [1] })).toEqual({ a: [1] });
  for (const given of [[], 'a', 1, null])
    expect(() => scalar('JSONObject').parseValue(given)).toThrow('JSONObject');
  for (const name of ['CIDR', 'Permission']) {
    expect(scalar(name).parseValue('as given')).toBe('as given');
    expect(() => scalar(name).parseValue(1)).toThrow(name);
  }
});

test('JSONObject reads no more of a value than it may have', () => {
  const { parseLiteral, parseValue: read } = scalar('JSONObject');
  let reads = 0;
  const counted = (target: object) =>
    new Proxy(target, {
      get(of, key, receiver) {
        reads += 1;
        return Reflect.get(of, key, receiver);
      },
    });
  const numbers = Array(900_000).fill(1);
  expect(() => read({ a: counted(numbers) })).toThrow('JSONObject must have at most 65536 bytes');
  expect(() => read({ a: [counted({ b: 'x'.repeat(70_000), c: counted(numbers) })] })).toThrow('JSONObject');
  expect(reads).toBeLessThan(4 * 65_536);
  expect(() => read({ ['x'.repeat(65_536)]: 1 })).toThrow('JSONObject');
  const text = 'x'.repeat(65_000);
  expect(read({ text, list: [1, null, {}] })).toEqual({ text, list: [1, null, {}] });
  const literal = (x: unknown) => parseLiteral(parseValue('{a: [$x, $x, $x]}'), { x });
  expect(literal({ text: 'x'.repeat(20_000) })).toHaveProperty('a.length', 3);
  expect(() => literal({ text: 'x'.repeat(30_000) })).toThrow('JSONObject');
});

test('JSONObject keeps every number that is written, or refuses it', () => {
  const { parseLiteral, parseValue: read } = scalar('JSONObject');
  const literal = (text: string) => parseLiteral(parseValue(text), { x: 1 });
  expect(literal('{a: 9007199254740991, b: [-1.5, {c: 1e300}], d: $x}')).toEqual({
    a: 2 ** 53 - 1,
    b: [-1.5, { c: 1e300 }],
    d: 1,
  });
  for (const number of ['12345678901234567890', '9007199254740992', '-9007199254740993', '1e400', '-1e400'])
    expect(() => literal(`{a: [{b: ${number}}]}`), number).toThrow('JSONObject');
  expect(() => read(JSON.parse('{"a":[{"b":1e400}]}'))).toThrow('JSONObject');
});
