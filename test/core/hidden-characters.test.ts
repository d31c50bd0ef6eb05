import { expect, test } from 'vitest';
import { findHidden } from '../../src/core/hidden-characters.ts';

test.each([
  ['right-to-left override', '\u202e', 'U+202E'],
  ['left-to-right mark', '\u200e', 'U+200E'],
  ['Arabic letter mark', '\u061c', 'U+061C'],
  ['isolate', '\u2066', 'U+2066'],
  ['zero width space', '\u200b', 'U+200B'],
  ['word joiner', '\u2060', 'U+2060'],
  ['byte order mark', '\ufeff', 'U+FEFF'],
  ['soft hyphen', '\u00ad', 'U+00AD'],
  ['combining grapheme joiner', '\u034f', 'U+034F'],
  ['Hangul filler', '\u3164', 'U+3164'],
  ['halfwidth Hangul filler', '\uffa0', 'U+FFA0'],
  ['Mongolian vowel separator', '\u180e', 'U+180E'],
  ['annotation anchor', '\ufff9', 'U+FFF9'],
  ['tag letter', '\u{e0061}', 'U+E0061'],
  ['noncharacter', '\u{1fffe}', 'U+1FFFE'],
])('a %s is found in names and texts', (_what, character, code) => {
  for (const use of ['name', 'text'] as const) {
    expect(findHidden(`a${character}b`, use)).toBe(code);
    expect(findHidden(character, use)).toBe(code);
  }
});

test.each([
  ['the form of an emoji after a letter', 'a\ufe0f', 'U+FE0F'],
  ['the form of an emoji after itself', '⚠\ufe0f\ufe0f', 'U+FE0F'],
  ['another variation selector', '⚠\ufe0e', 'U+FE0E'],
  ['a joiner between emoji', '👩\u200d💻', 'U+200D'],
  ['a joiner between letters that do not join', 'a\u200db', 'U+200D'],
])('%s is found in names, and is for emoji in texts', (_what, text, code) => {
  expect(findHidden(text, 'name')).toBe(code);
  expect(findHidden(text, 'text')).toBeNull();
});

test.each([
  ['between letters that join, as Persian has it', 'می\u200cخواهم', null],
  ['with a mark before it', 'یَ\u200cخ', null],
  ['after a letter that joins to the right only', 'ا\u200cخ', 'U+200C'],
  ['at the end of a word', 'می\u200c', 'U+200C'],
  ['at the start of a word', '\u200cخ', 'U+200C'],
  ['between Latin letters', 'a\u200cb', 'U+200C'],
  ['twice', 'می\u200c\u200cخ', 'U+200C'],
  ['after a virama', 'क्\u200cष', null],
])('a zero width non-joiner %s', (_where, text, code) => {
  expect(findHidden(`x ${text} y`, 'name')).toBe(code);
});

test.each([
  ['after a virama', 'क्\u200dष', null],
  ['after a virama at the end', 'क्\u200d', null],
  ['after a Sinhala virama', 'ක්\u200dර', null],
  ['after a letter', 'क\u200dष', 'U+200D'],
  ['between Arabic letters', 'ی\u200dخ', 'U+200D'],
])('a zero width joiner %s', (_where, text, code) => {
  expect(findHidden(`${text} and ${text}`, 'name')).toBe(code);
});

test('names of all scripts have none', () => {
  for (const text of [
    'Terraform CI/CD',
    'Größe',
    '製品',
    'مفتاح',
    'ключ',
    '🔑 👍🏽 🇨🇭 ⚠\ufe0f',
    'e\u0301',
    'עברית',
    'ไทย',
  ])
    expect(findHidden(text, 'name'), text).toBeNull();
});
