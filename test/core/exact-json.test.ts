import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import {
  findInexact,
  JSON_DEPTH_MAX,
  JSON_VALUES_MAX,
  JsonLimitError,
  parseJson,
} from '../../src/core/exact-json.ts';
import { runs } from '../support/properties.ts';

test.each([
  ['{"a":9007199254740991,"b":-9007199254740991}', null],
  ['{"a":9007199254740992}', 'a'],
  ['[0,-9007199254740993]', '[1]'],
  ['{"plan":{"seats":[1,{"x y":12345678901234567890}]}}', 'plan.seats[1].x y'],
  ['12345678901234567890', ''],
  ['{"a":1e400}', 'a'],
  ['{"a":1e300,"b":1234567890123456789.5,"c":12345678901234567890E1,"d":0.12345678901234567890}', null],
  ['{"a":"12345678901234567890","12345678901234567890":"\\\\","b":"\\"12345678901234567890"}', null],
  ['{"a":"\\\\","b":12345678901234567890}', 'b'],
  [`{"${'x'.repeat(33)}":12345678901234567890}`, '…'],
  [`${'['.repeat(12)}12345678901234567890${']'.repeat(12)}`, `${'[0]'.repeat(10)}…`],
])('%s has a whole number that would lose digits at %j', (text, path) => {
  expect(findInexact(parseJson(text))).toBe(path);
});

/** From 10^21 on, JSON.stringify writes an exponent. */
function isLost(value: unknown): boolean {
  return (
    typeof value === 'number' &&
    Number.isInteger(value) &&
    !Number.isSafeInteger(value) &&
    Math.abs(value) < 1e21
  );
}

test('everything else is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.json(), fc.stringMatching(/^[\\"\d{}:, ]*$/), (json, text) => {
      // With a long run of digits at the start: without one, nothing is looked at twice.
      const long = `["1234567890123456",${json},${JSON.stringify(text)}]`;
      expect(parseJson(long)).toEqual(JSON.parse(long, (_key, value) => (isLost(value) ? Infinity : value)));
    }),
    runs(100),
  );
  for (const text of ['', '{', '"', '"\\', '1234567890123456"', '12345678901234567890,'])
    expect(() => parseJson(text)).toThrow(SyntaxError);
});

const list = (values: number, one = '1') => `[${Array(values).fill(one).join()}]`;
const nested = (levels: number) => `${'[{"a":'.repeat(levels / 2)}"]"${'}]'.repeat(levels / 2)}`;

test.each([
  [list(JSON_VALUES_MAX), list(JSON_VALUES_MAX + 1)],
  [list(JSON_VALUES_MAX, '[]'), list(JSON_VALUES_MAX + 1, '{}')],
  [list(JSON_VALUES_MAX / 2, '[1]'), list(JSON_VALUES_MAX / 2 + 1, '{"a":"\\\\"}')],
  [nested(JSON_DEPTH_MAX), nested(JSON_DEPTH_MAX + 2)],
  [list(2, nested(JSON_DEPTH_MAX - 2)), `[1,${nested(JSON_DEPTH_MAX)}]`],
  // What is in strings doesn't count.
  [JSON.stringify(list(JSON_VALUES_MAX + 1, '"[{')), '['.repeat(500_000)],
])('a text past the limits is rejected, and not parsed', (within, past) => {
  expect(parseJson(within)).toEqual(JSON.parse(within));
  const parse = vi.spyOn(JSON, 'parse');
  expect(() => parseJson(past)).toThrow(JsonLimitError);
  expect(parse).not.toHaveBeenCalled();
});
