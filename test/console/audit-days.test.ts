import { expect, test } from 'vitest';
import { isDay } from '../../console/src/features/audit/audit-search.ts';

test.each(['2027-01-31', '2028-02-29', '0001-01-01'])('%s is a day', (text) => {
  expect(isDay(text)).toBe(true);
});

test.each([
  '',
  '2027-02-30',
  '2027-02-29',
  '2027-13-01',
  '2027-00-10',
  '2027-1-1',
  'tomorrow',
  '2027-01-31T00:00',
])('%j is none', (text) => {
  expect(isDay(text)).toBe(false);
});
