import { describe, expect, test, vi } from 'vitest';
import { AppError, ValidationError } from '../../src/core/errors.ts';
import { foldName, Input } from '../../src/core/input.ts';

const path = ['input', 'field'];

/** What reading comes to: the value, or the messages of its faults. */
function read<T>(reader: (input: Input) => T): T | string[] {
  const input = new Input();
  const value = reader(input);
  try {
    input.check();
    return value;
  } catch (error) {
    if (error instanceof ValidationError) return error.issues.map((issue) => issue.message);
    throw error;
  }
}

describe('a name', () => {
  const name = (value: string | null | undefined) => read((input) => input.name(path, value));

  test('is kept without the white space around it', () => {
    expect(name('  Terraform CI/CD ')).toBe('Terraform CI/CD');
  });

  test('keeps emoji and text from right to left', () => {
    expect(name('🗝️ مفتاح 👩 می\u200cخواهم')).toBe('🗝️ مفتاح 👩 می\u200cخواهم');
  });

  test.each([
    ['a\u202eb', 'U+202E'],
    ['\u200b', 'U+200B'],
    ['👩\u200d👩', 'U+200D'],
  ])('with a hidden character is rejected (%j)', (value, character) => {
    expect(name(value)).toEqual([`must not contain ${character}, which is invisible or reorders text`]);
  });

  test('is brought into NFC', () => {
    expect(name('cafe\u0301')).toBe('caf\u00e9');
  });

  test('has 1 to 100 code points, whatever they take to store', () => {
    expect(name('a')).toBe('a');
    expect(name('🗝'.repeat(100))).toBe('🗝'.repeat(100));
    expect(name('🗝'.repeat(101))).toEqual(['must have at most 100 characters']);
    expect(name('a'.repeat(300))).toEqual(['must have at most 100 characters']);
    expect(name('')).toEqual(['must not be empty']);
    expect(name(' \t ')).toEqual(['must not be empty']);
  });

  test('of a million combining marks is rejected without being normalized', () => {
    const marks = '\u0301\u0316'.repeat(500_000);
    const normalize = vi.spyOn(String.prototype, 'normalize');
    expect(name(marks)).toEqual(['must have at most 100 characters']);
    expect(read((input) => input.text(path, marks, 500))).toEqual(['must have at most 500 characters']);
    expect(read((input) => input.email(path, marks))).toEqual(['must be an e-mail address']);
    expect(foldName(marks)).toBe(marks);
    expect(normalize).not.toHaveBeenCalled();
  });

  test('fits where it is only decomposed too long', () => {
    const composed = '\u1f82'.repeat(100);
    expect(name(composed.normalize('NFD'))).toBe(composed);
  });

  test.each(['a\0b', 'a\nb', 'a\u2028b', 'a\u2029b', 'a\x1bb', 'a\u0085b'])(
    'with a control character is refused (%j)',
    (value) => {
      expect(name(value)).toEqual(['must not contain control characters']);
    },
  );

  test('with half a surrogate pair is refused', () => {
    expect(name('a\ud83dz')).toEqual(['must be well-formed Unicode']);
  });

  test("can't be null or left out", () => {
    expect(name(null)).toEqual(["can't be null"]);
    expect(name(undefined)).toEqual(["can't be null"]);
  });
});

describe('a text', () => {
  const text = (value: string | null, multiline = false) =>
    read((input) => input.text(path, value, 5, { multiline }));

  test('is kept as given, in NFC', () => {
    expect(text(' a b ')).toBe(' a b ');
    expect(text('e\u0301')).toBe('\u00e9');
  });

  test('that says nothing is none', () => {
    expect(text(null)).toBeNull();
    expect(text('')).toBeNull();
    expect(text('  ')).toBeNull();
  });

  test('has as many code points as are allowed', () => {
    expect(text('🗝🗝🗝🗝🗝')).toBe('🗝🗝🗝🗝🗝');
    expect(text('abcdef')).toEqual(['must have at most 5 characters']);
  });

  test('has line breaks and tabs only where it may have several lines', () => {
    expect(text('a\n\tb', true)).toBe('a\n\tb');
    expect(text('a\nb')).toEqual(['must not contain control characters']);
    expect(text('a\0b', true)).toEqual(['must not contain control characters']);
  });
});

describe('a list', () => {
  test('has each of its strings once, in the order given', () => {
    expect(read((input) => input.uniqueStrings(path, ['b', 'a', 'b'], 3))).toEqual(['b', 'a']);
    expect(read((input) => input.uniqueStrings(path, null, 3))).toEqual([]);
  });

  test('has at most as many as are allowed, doubles included', () => {
    expect(read((input) => input.uniqueStrings(path, ['a', 'a', 'a', 'a'], 3))).toEqual([
      'must have at most 3 entries',
    ]);
  });
});

test('a number is whole and within its bounds', () => {
  const integer = (value: number | null) => read((input) => input.integer(path, value, 1, 10));
  expect(integer(1)).toBe(1);
  expect(integer(10)).toBe(10);
  for (const value of [0, 11, 1.5, Number.NaN, Number.POSITIVE_INFINITY, null])
    expect(integer(value)).toEqual(['must be a whole number from 1 to 10']);
});

test('an e-mail address is kept in lower case', () => {
  const email = (value: string) => read((input) => input.email(path, value));
  expect(email(' Ada@Example.com ')).toBe('ada@example.com');
  expect(email('owner@localhost')).toBe('owner@localhost');
  for (const value of ['', 'ada', 'a@b@c', 'a b@c', '@c', 'a@', 'a\0@c', `${'a'.repeat(250)}@c.de`])
    expect(email(value)).toEqual(['must be an e-mail address']);
  for (const [value, character] of [
    ['a\u200b@c', 'U+200B'],
    ['a\u202e@c', 'U+202E'],
    ['a@\u00adc', 'U+00AD'],
  ] as const)
    expect(email(value)).toEqual([`must not contain ${character}, which is invisible or reorders text`]);
});

describe('the faults of an input', () => {
  test('are reported together, each with its path', () => {
    const input = new Input();
    input.name(['input', 'name'], '');
    input.fault(['input', 'ipAllowlist', '0'], 'INVALID_FORMAT', 'is no network');
    expect(() => input.check()).toThrow(
      expect.objectContaining({
        code: 'VALIDATION_FAILED',
        issues: [
          { path: ['input', 'name'], code: 'REQUIRED', message: 'must not be empty' },
          { path: ['input', 'ipAllowlist', '0'], code: 'INVALID_FORMAT', message: 'is no network' },
        ],
      }),
    );
  });

  test('are BAD_USER_INPUT where there is no place for a ValidationError', () => {
    const input = new Input();
    input.fault(['input', 'reason'], 'TOO_LONG', 'is too long');
    expect(() => input.checkArguments()).toThrow(new AppError('BAD_USER_INPUT', 'input.reason: is too long'));
  });
});

test('names are folded alike, however they are written', () => {
  expect(foldName(' CAFE\u0301 ')).toBe(foldName('caf\u00e9'));
});
