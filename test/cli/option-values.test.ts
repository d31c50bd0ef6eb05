import { describe, expect, test, vi } from 'vitest';
import {
  fromNow,
  jsonObject,
  rateLimit,
  seconds,
  time,
  timeOrAgo,
  timeOrAhead,
} from '../../src/cli/option-values.ts';

test.each([
  ['0', 0],
  ['3600', 3_600],
  ['45s', 45],
  ['30m', 1_800],
  ['24h', 86_400],
  ['90d', 7_776_000],
  ['2w', 1_209_600],
])('%s is %d seconds', (text, length) => {
  expect(seconds(text)).toBe(length);
});

test.each(['', '-1', '1.5h', 'h', '1y', '1h30m', '1 h', '1234567890s'])('%j is no length of time', (text) => {
  expect(() => seconds(text)).toThrow('It must be a duration');
});

describe('times', () => {
  test.each([
    ['2027-01-31', '2027-01-31T00:00:00.000Z'],
    ['2027-01-31T12:00Z', '2027-01-31T12:00:00.000Z'],
    ['2027-01-31t12:00+02:00', '2027-01-31T10:00:00.000Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
    ['2027-01-31T12:00:00.5+02:00', '2027-01-31T10:00:00.500Z'],
  ])('%s is %s', (text, iso) => {
    for (const parse of [time, timeOrAgo, timeOrAhead]) expect(parse(text)).toBe(iso);
  });

  const NO_DAYS = ['2027-02-30', '2027-02-29', '2100-02-29', '2027-04-31', '2027-02-30T12:00Z', '2027-00-10'];
  const NO_TIMES = [
    '2027-01-31T24:00Z',
    '2027-01-31T12:00:60Z',
    '2027-01-31T12:00+24:00',
    '2027-01-31T12:00:00',
  ];

  test.each(['', 'tomorrow', '2027', '2027-13-01', '1700000000', '10000-01-01', ...NO_DAYS, ...NO_TIMES])(
    '%j is none',
    (text) => {
      for (const parse of [time, timeOrAgo, timeOrAhead])
        expect(() => parse(text)).toThrow('It must be a valid time');
    },
  );

  test('can be told by how far away they are', () => {
    vi.useFakeTimers({ now: Date.parse('2027-01-31T12:00:00Z') });
    try {
      expect(fromNow('90d')).toBe('2027-05-01T12:00:00.000Z');
      expect(timeOrAhead('7d')).toBe('2027-02-07T12:00:00.000Z');
      expect(timeOrAgo('12h')).toBe('2027-01-31T00:00:00.000Z');
      expect(() => fromNow('90')).toThrow('It must be a duration');
      for (const far of ['999999999w', '500000w']) {
        expect(() => fromNow(far)).toThrow('It is too far in the');
        expect(() => timeOrAgo(far)).toThrow('It is too far in the');
      }
    } finally {
      vi.useRealTimers();
    }
  });
});

test('a rate limit is a number and the length of its window', () => {
  expect(rateLimit('100/60')).toEqual({ limit: 100, windowSeconds: 60 });
  expect(rateLimit('1000/1h')).toEqual({ limit: 1000, windowSeconds: 3600 });
  for (const text of ['100', '/60', '100/', 'a/60', '100/60/2', '1.5/60'])
    expect(() => rateLimit(text)).toThrow('It must be a');
});

test('metadata is an object', () => {
  expect(jsonObject('{"plan":{"seats":3}}')).toEqual({ plan: { seats: 3 } });
  for (const text of ['', '{', '[]', 'null', '"a"', '1'])
    expect(() => jsonObject(text)).toThrow('It must be a JSON object');
  expect(() => jsonObject('{"a":{"b":12345678901234567890}}')).toThrow(
    'At "a.b", whole numbers beyond 2^53 - 1',
  );
});
