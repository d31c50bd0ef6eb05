import type { Kysely } from 'kysely';
import type { Tables } from '../../../db/tables/tables.ts';
import { union } from '../../access/permissions.ts';
import { requireRoles } from '../../roles/require-role.ts';

/** A key, or what it becomes. */
interface Holder {
  readonly roleId: string | null;
  readonly grants: readonly string[];
}

/**
 * Effective permissions of keys with these roles and grants together, in alphabetical order. Rejects with NotFoundError
 * if the organization has no such role.
 */
export async function permissionsInForce(
  db: Kysely<Tables>,
  organizationId: string,
  holders: readonly Holder[],
): Promise<string[]> {
  const roleIds = [...new Set(holders.flatMap(({ roleId }) => roleId ?? []))];
  const roles = await requireRoles(db, organizationId, roleIds);
  return union(...[...roles, ...holders].map((one) => ('grants' in one ? one.grants : one.permissions)));
}
