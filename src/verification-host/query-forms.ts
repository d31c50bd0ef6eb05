import type { CompiledQuery, Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import type { FormRow } from '../verification/known-forms.ts';

/** Reads the forms of imported secrets. */
export function queryForms(db: Kysely<Tables>): CompiledQuery<FormRow> {
  return db.selectFrom('imported_forms').select('form').compile();
}
