import { expect, test } from 'vitest';
import { facts, table } from '../../src/cli/table.ts';

test('aligns columns by what a terminal shows, not by characters', () => {
  const rows = [
    ['key_1', '日本', 1],
    ['key_22', 'é', null],
    ['key_3', '👩‍💻 ops', 22],
  ];
  expect(table(['ID', 'NAME', 'USES'], rows)).toBe(
    'ID      NAME    USES\n' + 'key_1   日本    1\n' + 'key_22  é       -\n' + 'key_3   👩‍💻 ops  22\n',
  );
});

test('has titles alone where there are no rows', () => {
  expect(table(['ID', 'NAME'], [])).toBe('ID  NAME\n');
});

test('names facts in one column, with a dash for none', () => {
  expect(
    facts([
      ['ID', 'key_1'],
      ['Description', ''],
    ]),
  ).toBe('ID           key_1\nDescription  -\n');
});

test('lets no text move the cursor or turn the line around', () => {
  expect(table(['A', 'B'], [['one\r\ntwo\u001b[31m', '\u202eevil']])).toBe(
    'A             B\none two [31m   evil\n',
  );
});
