import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { NotFoundError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { loadRoles, type Role } from './role.ts';

/** The role with this id, if it is one of the organization. Rejects with NotFoundError. */
export async function requireRole(db: Kysely<Tables>, organizationId: string, id: string): Promise<Role> {
  const [role] = isId('role', id) ? await loadRoles(db, [id]) : [];
  if (role?.organizationId !== organizationId) throw new NotFoundError(id, 'role');
  return role;
}
