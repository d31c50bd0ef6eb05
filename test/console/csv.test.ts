import { expect, test } from 'vitest';
import { csvFile } from '../../console/src/files/csv.ts';

/** The one cell of a file, as a program that goes by RFC 4180 reads it. */
function cellOf(value: unknown): string {
  const file = csvFile([[value]]);
  const [, quoted] = /^\uFEFF"([\s\S]*)"\r\n$/.exec(file) ?? [];
  if (quoted === undefined) throw new Error(`It is not one quoted cell: ${file}`);
  return quoted.replaceAll('""', '"');
}

test('a file begins with a byte order mark, and quotes every cell', () => {
  const rows = [
    ['id', 'name'],
    [7, 'Zoë, "the key"'],
    [null, undefined],
  ];
  expect(csvFile(rows)).toBe('\uFEFF"id","name"\r\n"7","Zoë, ""the key"""\r\n"",""\r\n');
});

test.each([
  '',
  'Billing',
  'a=b',
  '2027-01-31T12:00:00Z',
  'ada@example.com',
  '日本語',
  'a, b; c',
  '10.0.0.0/8',
])('%j is what it was', (text) => {
  expect(cellOf(text)).toBe(text);
});

test('numbers and objects are what they were', () => {
  expect(cellOf(-5)).toBe('-5');
  const changes = { name: [null, '=1+1'], limit: [-1, 2] };
  expect(JSON.parse(cellOf(changes))).toEqual(changes);
});

test.each(['=', '+', '-', '@', '＝', '＋', '－', '＠'])(
  '%s begins no cell, however lines are split',
  (sign) => {
    const formula = `${sign}cmd|' /C calc'!A0`;
    const before = [
      '',
      ' ',
      '"',
      '\u00a0',
      'a;',
      'a; ',
      'a;"',
      'a\n',
      'a\r\n',
      'a\t',
      'a|',
      ';;',
      '";"',
      '\uFEFF',
    ];
    for (const start of before) {
      const file = csvFile([['a', `${start}${formula}`, 'b']]);
      for (const separator of [',', ';', '\t', '|']) {
        for (const part of file
          .slice(1)
          .split(/[\r\n]/)
          .flatMap((line) => line.split(separator))) {
          const begins = part.replace(/^[\s"]+/, '');
          expect(begins.startsWith(sign), JSON.stringify([start, separator, part])).toBe(false);
        }
      }
    }
  },
);

test.each(['\tx', '\rx', '\t=x', '\r\n=x'])('%j does not begin a cell', (text) => {
  expect(cellOf(text)).toMatch(/^'/);
});

test('takes time in proportion to the text', () => {
  const text = ';"'.repeat(200_000);
  expect(cellOf(text)).toBe(text);
});
