import type { Kysely } from 'kysely';
import type { Tables } from '../../../db/tables/tables.ts';
import { union } from '../../access/permissions.ts';
import { requireRole } from '../../roles/require-role.ts';

/**
 * Effective permissions of a key with this role and these grants, in alphabetical order. Rejects with NotFoundError if
 * the organization has no such role.
 */
export async function permissionsInForce(
  db: Kysely<Tables>,
  organizationId: string,
  holder: { readonly roleId: string | null; readonly grants: readonly string[] },
): Promise<string[]> {
  const { roleId, grants } = holder;
  if (roleId === null) return union(grants);
  const { permissions } = await requireRole(db, organizationId, roleId);
  return union(permissions, grants);
}
