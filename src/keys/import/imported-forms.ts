import { isPresentable } from '../secret.ts';

/**
 * The target by which an import is announced: every node drops the forms that it has read, and confirms it. No key has
 * this ID.
 */
export const FORMS = 'imported_forms';

/** Minimum length of an imported secret, in characters. */
const IMPORTED_MIN = 16;

/**
 * The forms of imported secrets in the installation: `sha256`, `sha384`, `sha512`, `hmac-sha256:<pepper>`, and for
 * password hashes `start:<length>`, the length of the visible start by which they are found. Forms are never removed.
 */
export type ImportedForms = ReadonlySet<string>;

/** Whether the text may be the secret of an imported key. Others need no query. */
export function mayBeImported(secret: string): boolean {
  return secret.length >= IMPORTED_MIN && isPresentable(secret);
}

const START = 'start:';

/** The form of password hashes that are found by a start of this length. */
export function startForm(length: number): string {
  return `${START}${length}`;
}

/** Whether secrets of this form have password hashes. */
export function isStartForm(form: string): boolean {
  return form.startsWith(START);
}

/** The starts of a secret by which password hashes may be found. */
export function startsIn(forms: ImportedForms, secret: string): string[] {
  const lengths = [...forms].flatMap((form) => (isStartForm(form) ? [Number(form.slice(START.length))] : []));
  return lengths.map((length) => secret.slice(0, length));
}
