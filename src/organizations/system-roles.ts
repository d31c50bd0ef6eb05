import type { Transaction } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import { SYSTEM_ROLES } from '../access/permissions.ts';
import { newId } from '../core/ids.ts';
import { foldName } from '../core/input.ts';

export type SystemRoleName = (typeof SYSTEM_ROLES)[number]['name'];

/** Gives a new organization the roles that every organization has. */
export async function insertSystemRoles(
  tx: Transaction<Tables>,
  organizationId: string,
  now: number,
): Promise<void> {
  const rows = SYSTEM_ROLES.map((role, index) => ({
    id: newId('role'),
    organization_id: organizationId,
    name: role.name,
    name_key: foldName(role.name),
    description: role.description,
    permissions: JSON.stringify(role.permissions),
    is_system: 1,
    // One after the other, so that lists show them in this order.
    created_at: now + index,
  }));
  await tx.insertInto('roles').values(rows).execute();
}

/** The id of an organization's system role. */
export async function systemRoleId(
  tx: Transaction<Tables>,
  organizationId: string,
  name: SystemRoleName,
): Promise<string> {
  const role = await tx
    .selectFrom('roles')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('name_key', '=', name)
    .where('is_system', '=', 1)
    .executeTakeFirstOrThrow();
  return role.id;
}
