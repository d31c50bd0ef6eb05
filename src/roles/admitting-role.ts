import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import type { OidcAdmission } from '../core/config/oidc-config.ts';
import { isId } from '../core/ids.ts';
import { foldName } from '../core/input.ts';
import type { Role } from './role.ts';

/** The organization with this slug or id, or null. */
export async function findAdmitting(db: Kysely<Tables>, organization: string): Promise<string | null> {
  const found = await db
    .selectFrom('organizations')
    .select('id')
    .where(isId('org', organization) ? 'id' : 'slug', '=', organization)
    .executeTakeFirst();
  return found?.id ?? null;
}

/** Whether new users get this role when they first sign in, by name or id. */
export async function isAdmittingRole(
  db: Kysely<Tables>,
  { id, name, organizationId }: Pick<Role, 'id' | 'name' | 'organizationId'>,
  admission: OidcAdmission | null,
): Promise<boolean> {
  if (!admission || (admission.role !== id && foldName(admission.role) !== foldName(name))) return false;
  return (await findAdmitting(db, admission.organization)) === organizationId;
}
