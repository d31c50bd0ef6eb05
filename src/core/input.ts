import { AppError, type Issue, ValidationError } from './errors.ts';

/** Longest name, in code points. */
export const NAME_MAX = 100;

/** Longest description, in code points. */
export const DESCRIPTION_MAX = 500;

/** Longest reason for a revocation, in code points. */
export const REASON_MAX = 500;

/** Longest e-mail address (RFC 5321, 4.5.3.1.3). */
const EMAIL_MAX = 254;

type Path = readonly string[];
type Given<T> = T | null | undefined;

/**
 * A code point in NFC comes from at most 4, of at most 2 UTF-16 units each: longer text never fits. Normalizing it would
 * take quadratic time where it is a run of combining marks.
 */
const UNITS_MAX = 8;

/** Longest text that is folded, in UTF-16 units: longer than every text that is stored folded. */
const FOLDED_MAX = 4_000;

const CONTROL = /[\p{Cc}\u2028\u2029]/u;
// Tabs and line breaks pass, NUL and the rest don't.
const CONTROL_BUT_LINES = /[^\P{Cc}\t\n\r]/u;
/** Besides, what turns the direction of text: a name could make what stands around it read otherwise (UTS 55, 3.1). */
const CONTROL_OR_TURN = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
/** Characters that nobody sees: two addresses would look the same. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/u;
const LONE_SURROGATE = /\p{Cs}/u;

/**
 * Checks an input field by field and collects every fault, so that the caller hears of all of them at once. Each method
 * returns the value as it is to be stored; after a fault, a stand-in that is never used, for `check` throws.
 */
export class Input {
  readonly #issues: Issue[] = [];

  /** A name: 1 to 100 code points after trimming, in NFC, on one line. */
  name(path: Path, value: Given<string>): string {
    if (value === null || value === undefined) return this.#refuse(path, "can't be null", '');
    const name = value.trim();
    if (name === '') return this.#refuse(path, 'must not be empty', '');
    return this.#checked(path, name, NAME_MAX, CONTROL_OR_TURN);
  }

  /**
   * Free text of at most `max` code points, in NFC, otherwise as given; null where there is none or only white space.
   * On one line unless `multiline`.
   */
  text(path: Path, value: Given<string>, max: number, options: { multiline?: boolean } = {}): string | null {
    if (value === null || value === undefined || value.trim() === '') return null;
    return this.#checked(path, value, max, options.multiline ? CONTROL_BUT_LINES : CONTROL);
  }

  /** A list of at most `max` entries, as given; none for null. */
  list<T>(path: Path, list: Given<readonly T[]>, max: number): readonly T[] {
    if (!list) return [];
    return list.length > max ? this.#refuse(path, `must have at most ${max} entries`, []) : list;
  }

  /** At most `max` strings (as given, before doubles are dropped); each once, in the order given. None for null. */
  uniqueStrings(path: Path, list: Given<readonly string[]>, max: number): string[] {
    return [...new Set(this.list(path, list, max))];
  }

  /** A whole number from `min` to `max`. */
  integer(path: Path, value: Given<number>, min: number, max: number): number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    return this.#refuse(path, `must be a whole number from ${min} to ${max}`, min);
  }

  /** An e-mail address, in lower case. Only its shape is checked: whether it works, the mail shows. */
  email(path: Path, value: Given<string>): string {
    const email = foldName(value ?? '');
    const fits = email.length <= EMAIL_MAX && /^[^\s@]+@[^\s@]+$/u.test(email);
    if (fits && !CONTROL.test(email) && !INVISIBLE.test(email) && !LONE_SURROGATE.test(email)) return email;
    return this.#refuse(path, 'must be an e-mail address', '');
  }

  /** Notes a fault that another check found. */
  fault(path: Path, message: string): void {
    this.#issues.push({ path, message });
  }

  /** Throws a ValidationError with every fault, if there was one. */
  check(): void {
    if (this.#issues.length > 0) throw new ValidationError(this.#issues);
  }

  /** The same where the answer has no place for a ValidationError: throws BAD_USER_INPUT. */
  checkArguments(): void {
    if (this.#issues.length > 0)
      throw new AppError('BAD_USER_INPUT', new ValidationError(this.#issues).message);
  }

  #checked(path: Path, given: string, max: number, forbidden: RegExp): string {
    if (given.length > UNITS_MAX * max) return this.#refuse(path, `must have at most ${max} characters`, '');
    const text = given.normalize('NFC');
    if (LONE_SURROGATE.test(text)) return this.#refuse(path, 'must be well-formed Unicode', '');
    if (forbidden.test(text)) return this.#refuse(path, 'must not hold control characters', '');
    if (codePoints(text) > max) return this.#refuse(path, `must have at most ${max} characters`, '');
    return text;
  }

  #refuse<T>(path: Path, message: string, standIn: T): T {
    this.fault(path, message);
    return standIn;
  }
}

/** A name folded for comparing and ordering: the same on both engines, unlike their own rules. Far too long a text stays. */
export function foldName(text: string): string {
  if (text.length > FOLDED_MAX) return text;
  return text.normalize('NFC').trim().toLowerCase();
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
