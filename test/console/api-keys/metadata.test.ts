import { expect, test } from 'vitest';
import { readMetadata } from '../../../console/src/features/api-keys/form/metadata.ts';

test.each(['12345678901234567890', '-9007199254740992', '1e400'])(
  'metadata with the number %s is not accepted: it would be another',
  (number) => {
    expect(readMetadata(`{"a":[1,${number}]}`)).toEqual({
      value: null,
      fault: `contains ${number}: whole numbers beyond 2^53 - 1 would lose digits; write them as strings`,
    });
  },
);

test('metadata keeps numbers that are exact, and digits in texts', () => {
  const text = '{"a":9007199254740991,"b":1e300,"c":"12345678901234567890","d\\"12345678901234567890":1.5}';
  expect(readMetadata(text)).toEqual({ value: JSON.parse(text), fault: null });
});
