import { AppError, type Issue, type IssueCode, ValidationError } from './errors.ts';
import { findHidden, type TextUse } from './hidden-characters.ts';

/** Longest name, in code points. */
export const NAME_MAX = 100;

/** Longest description, in code points. */
export const DESCRIPTION_MAX = 500;

/** Longest reason for a revocation, in code points. */
export const REASON_MAX = 500;

/** Length of an idempotency key, in code points. */
const IDEMPOTENCY_KEY = { min: 20, max: 200 } as const;

/** Longest e-mail address (RFC 5321, 4.5.3.1.3). */
const EMAIL_MAX = 254;

type Path = readonly string[];
type Given<T> = T | null | undefined;

/**
 * A code point in NFC comes from at most 4, of at most 2 UTF-16 units each, so longer text never fits. Normalizing it
 * would take quadratic time if it is a run of combining marks.
 */
const UNITS_MAX = 8;

/** Maximum length of folded text, in UTF-16 units: longer than any text that is stored folded. */
const FOLDED_MAX = 4_000;

const CONTROL = /[\p{Cc}\u2028\u2029]/u;
// Allows tabs and line breaks, but no other control characters such as NUL.
const CONTROL_BUT_LINES = /[^\P{Cc}\t\n\r]/u;
const LONE_SURROGATE = /\p{Cs}/u;

/**
 * Validates an input field by field and collects all issues, so that the caller sees them at once. Each method returns
 * the value to store or, after an issue, a placeholder that is never used because `check` throws.
 */
export class Input {
  readonly #issues: Issue[] = [];
  /** Issues of texts under rules that were added later: see `checkChanged`. */
  readonly #newIssues: (Issue & { readonly text: string })[] = [];

  /** A name: 1 to 100 code points after trimming, in NFC, on one line, without hidden characters. */
  name(path: Path, value: Given<string>): string {
    if (value === null || value === undefined) return this.#refuse(path, 'REQUIRED', "can't be null", '');
    const name = value.trim();
    if (name === '') return this.#refuse(path, 'REQUIRED', 'must not be empty', '');
    return this.#visible(path, this.#checked(path, name, NAME_MAX, CONTROL), 'name');
  }

  /**
   * Free text of at most `max` code points, in NFC and otherwise unchanged; null if it is missing or only white space.
   * On one line unless `multiline`. `use` decides which hidden characters are allowed; if omitted, all are.
   */
  text(
    path: Path,
    value: Given<string>,
    max: number,
    options: { multiline?: boolean; use?: TextUse } = {},
  ): string | null {
    if (value === null || value === undefined || value.trim() === '') return null;
    const text = this.#checked(path, value, max, options.multiline ? CONTROL_BUT_LINES : CONTROL);
    return options.use ? this.#visible(path, text, options.use) : text;
  }

  /** A list of at most `max` entries. Null: empty. */
  list<T>(path: Path, list: Given<readonly T[]>, max: number): readonly T[] {
    if (!list) return [];
    return list.length > max ? this.#refuse(path, 'TOO_MANY', `must have at most ${max} entries`, []) : list;
  }

  /** At most `max` strings (counted with duplicates), without duplicates, in the order of the input. Null: empty. */
  uniqueStrings(path: Path, list: Given<readonly string[]>, max: number): string[] {
    return [...new Set(this.list(path, list, max))];
  }

  /** A whole number from `min` to `max`. */
  integer(path: Path, value: Given<number>, min: number, max: number): number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    return this.#refuse(path, 'OUT_OF_RANGE', `must be a whole number from ${min} to ${max}`, min);
  }

  /** An e-mail address, in lower case. Only the format is checked. */
  email(path: Path, value: Given<string>): string {
    const email = foldName(value ?? '');
    const fits = email.length <= EMAIL_MAX && /^[^\s@]+@[^\s@]+$/u.test(email);
    if (fits && !CONTROL.test(email) && !LONE_SURROGATE.test(email))
      return this.#visible(path, email, 'name');
    return this.#refuse(path, 'INVALID_FORMAT', 'must be an e-mail address', '');
  }

  /** An idempotency key: 20 to 200 code points, in NFC, on one line. Null if it is missing. */
  idempotencyKey(value: Given<string>): string | null {
    if (value === null || value === undefined) return null;
    const path = ['input', 'idempotencyKey'];
    const { min, max } = IDEMPOTENCY_KEY;
    const known = this.#issues.length;
    const key = this.#checked(path, value, max, CONTROL);
    if (this.#issues.length === known && codePoints(key) < min)
      this.fault(path, 'TOO_SHORT', `must have at least ${min} characters`);
    return key;
  }

  /** Number of issues so far. */
  get issueCount(): number {
    return this.#issues.length + this.#newIssues.length;
  }

  /** Records an issue found by another check. */
  fault(path: Path, code: IssueCode, message: string): void {
    this.#issues.push({ path, code, message });
  }

  /** Records an issue of a text that may be stored already, under a rule that was added later. */
  newFault(path: Path, text: string, code: IssueCode, message: string): void {
    this.#newIssues.push({ path, code, message, text });
  }

  /** Throws a ValidationError with all issues, if any. */
  check(): void {
    this.checkChanged([]);
  }

  /** The same without issues that the stored object may already have. `checkChanged` must follow once it is known. */
  checkForm(): void {
    if (this.#issues.length > 0) throw new ValidationError(this.#issues);
  }

  /** Throws a ValidationError with every issue of texts other than the stored ones, which remain usable. */
  checkChanged(stored: readonly (string | null)[]): void {
    const changed = this.#newIssues.filter(({ text }) => !stored.includes(text));
    const issues = [...this.#issues, ...changed.map(({ text: _, ...issue }) => issue)];
    if (issues.length > 0) throw new ValidationError(issues);
  }

  /** `check` for results that can't contain a ValidationError: throws BAD_USER_INPUT. */
  checkArguments(): void {
    const issues = [...this.#issues, ...this.#newIssues];
    if (issues.length > 0) throw new AppError('BAD_USER_INPUT', new ValidationError(issues).message);
  }

  #checked(path: Path, raw: string, max: number, forbidden: RegExp): string {
    if (raw.length > UNITS_MAX * max)
      return this.#refuse(path, 'TOO_LONG', `must have at most ${max} characters`, '');
    const text = raw.normalize('NFC');
    if (LONE_SURROGATE.test(text))
      return this.#refuse(path, 'INVALID_CHARACTERS', 'must be well-formed Unicode', '');
    if (forbidden.test(text))
      return this.#refuse(path, 'INVALID_CHARACTERS', 'must not contain control characters', '');
    if (codePoints(text) > max)
      return this.#refuse(path, 'TOO_LONG', `must have at most ${max} characters`, '');
    return text;
  }

  #visible(path: Path, text: string, use: TextUse): string {
    const hidden = findHidden(text, use);
    if (hidden)
      this.newFault(
        path,
        text,
        'INVALID_CHARACTERS',
        `must not contain ${hidden}, which is invisible or reorders text`,
      );
    return text;
  }

  #refuse<T>(path: Path, code: IssueCode, message: string, standIn: T): T {
    this.fault(path, code, message);
    return standIn;
  }
}

/**
 * Folds a name for comparison and sorting, identically on both engines. Text that is far too long is returned
 * unchanged.
 */
export function foldName(text: string): string {
  if (text.length > FOLDED_MAX) return text;
  return text.normalize('NFC').trim().toLowerCase();
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
