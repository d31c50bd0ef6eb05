import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import { union } from '../access/permissions.ts';
import { NotFoundError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { loadRoles } from '../organizations/role.ts';

/**
 * What a key of the organization holds with this role and these grants, in alphabetical order. Rejects with
 * NotFoundError where the organization has no such role.
 */
export async function permissionsInForce(
  db: Kysely<Tables>,
  organizationId: string,
  holder: { readonly roleId: string | null; readonly grants: readonly string[] },
): Promise<string[]> {
  const { roleId, grants } = holder;
  if (roleId === null) return union(grants);
  const [role] = isId('role', roleId) ? await loadRoles(db, [roleId]) : [];
  if (role?.organizationId !== organizationId) throw new NotFoundError(roleId, 'role');
  return union(role.permissions, grants);
}
