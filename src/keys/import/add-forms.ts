import type { Transaction } from 'kysely';
import type { Tables } from '../../../db/tables/tables.ts';
import type { ImportedForms } from './imported-forms.ts';

/** Adds forms, in the same order in every transaction. */
export async function addForms(tx: Transaction<Tables>, forms: ImportedForms): Promise<void> {
  await tx
    .insertInto('imported_forms')
    .values([...forms].sort().map((form) => ({ form })))
    .onConflict((conflict) => conflict.column('form').doNothing())
    .execute();
}
