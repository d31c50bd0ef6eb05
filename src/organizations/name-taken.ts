import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { foldName } from '../core/input.ts';

/** Whether another role or team of the organization has this name, case-insensitive. */
export async function isNameTaken(
  db: Kysely<Tables>,
  table: 'current_roles' | 'teams',
  one: { readonly id: string; readonly organizationId: string; readonly name: string },
): Promise<boolean> {
  const other = await db
    .selectFrom(table)
    .select('id')
    .where('organization_id', '=', one.organizationId)
    .where('name_key', '=', foldName(one.name))
    .where('id', '!=', one.id)
    .executeTakeFirst();
  return other !== undefined;
}
