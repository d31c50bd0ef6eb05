import type { Transaction } from 'kysely';
import type { Tables } from '../../../db/tables/tables.ts';
import { isPresentable } from '../secret.ts';

/**
 * The target by which an import is announced: every node drops the forms that it has read, and confirms it. No key has
 * this ID.
 */
export const FORMS = 'imported_forms';

/** Minimum length of an imported secret, in characters. */
const IMPORTED_MIN = 16;

/** The forms of imported secrets in the installation: what a secret that isn't Keywright's own may match. */
export type ImportedForms = ReadonlySet<string>;

/** Whether the text may be the secret of an imported key. Others need no query. */
export function mayBeImported(secret: string): boolean {
  return secret.length >= IMPORTED_MIN && isPresentable(secret);
}

/** Adds forms, in the same order in every transaction. */
export async function addForms(tx: Transaction<Tables>, forms: ImportedForms): Promise<void> {
  await tx
    .insertInto('imported_forms')
    .values([...forms].sort().map((form) => ({ form })))
    .onConflict((conflict) => conflict.column('form').doNothing())
    .execute();
}
