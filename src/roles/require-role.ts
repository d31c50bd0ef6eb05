import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { NotFoundError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { loadRoles, type Role } from './role.ts';

/** The role with this id, if it is one of the organization. Rejects with NotFoundError. */
export async function requireRole(db: Kysely<Tables>, organizationId: string, id: string): Promise<Role> {
  const [role] = (await requireRoles(db, organizationId, [id])) as [Role];
  return role;
}

/** The same for several roles, in the order of their ids. */
export async function requireRoles(
  db: Kysely<Tables>,
  organizationId: string,
  ids: readonly string[],
): Promise<Role[]> {
  const wellFormed = ids.filter((id) => isId('role', id));
  const roles = new Map((await loadRoles(db, wellFormed)).map((role) => [role.id, role]));
  return ids.map((id) => {
    const role = roles.get(id);
    if (role?.organizationId !== organizationId) throw new NotFoundError(id, 'role');
    return role;
  });
}
