import { command, type Outcome } from '../command.ts';
import type { Context } from '../context.ts';
import { ConflictError } from '../core/errors.ts';
import { locate } from './locate.ts';
import { requireRole } from './require-role.ts';
import { countKeysOfRoles, roleHasMembers } from './role.ts';

/** Which role to delete. */
export interface DeleteRoleInput {
  readonly id: string;
}

const PERMISSION = 'role.manage';

/**
 * Deletes a role that nobody has, and returns its id. The caller needs `role.manage`. Rejects with NotFoundError, or
 * with ConflictError for a system role and for one that members or unrevoked keys have. Revoked keys lose it: the audit
 * log keeps which role they had, and what it held.
 */
export async function deleteRole(ctx: Context, { id }: DeleteRoleInput): Promise<Outcome<string>> {
  const organizationId = await locate(ctx, 'role', id, PERMISSION);
  return command(ctx, { organizationId, permission: PERMISSION }, async ({ tx, audit }) => {
    const { name, permissions, system } = await requireRole(tx, organizationId, id);
    if (system) throw new ConflictError(`The role ${name} comes with Keywright: it can't be deleted`);
    // How many there are is not for everybody who may manage roles.
    if (await roleHasMembers(tx, id)) throw new ConflictError('The role is in use: members have it');
    if ((await countKeysOfRoles(tx, [{ id, organizationId }])).has(id))
      throw new ConflictError('The role is in use: API keys have it');
    await tx.updateTable('api_keys').set({ role_id: null }).where('role_id', '=', id).execute();
    await tx
      .deleteFrom('api_key_counts')
      .where('organization_id', '=', organizationId)
      .where('role_id', '=', id)
      .execute();
    await tx.deleteFrom('roles').where('id', '=', id).execute();
    const changes = { name: [name, null], permissions: [permissions, null] } as const;
    audit({ organizationId, action: 'role.deleted', targetId: id, changes });
    return id;
  });
}
