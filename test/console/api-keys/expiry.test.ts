import { expect, test } from 'vitest';
import { expiryTime } from '../../../console/src/features/api-keys/form/expiry.ts';

test('an expiry is the time that it says, and what is no time is none: it never becomes “never”', () => {
  const now = Date.parse('2027-01-31T12:00:00Z');
  expect(expiryTime({ kind: 'never' }, now)).toBeNull();
  expect(expiryTime({ kind: 'days', days: 1 }, now)).toBe('2027-02-01T12:00:00.000Z');
  expect(Date.parse(expiryTime({ kind: 'time', local: '2027-02-01T12:00' }, now) ?? '')).toBe(
    new Date(2027, 1, 1, 12).getTime(),
  );
  for (const local of ['', '2027-13-01T12:00', 'tomorrow'])
    expect(expiryTime({ kind: 'time', local }, now)).toBe(local);
});
