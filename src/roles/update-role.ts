import { refuseEscalation } from '../access/escalation.ts';
import { command, type Outcome } from '../command.ts';
import type { Context } from '../context.ts';
import { ConflictError } from '../core/errors.ts';
import { foldName, Input } from '../core/input.ts';
import { difference } from '../organizations/difference.ts';
import { locate } from '../organizations/locate.ts';
import { isNameTaken } from '../organizations/name-taken.ts';
import { organizationById } from '../organizations/organization.ts';
import { endOutgrownLinks } from '../sessions/link-ceiling.ts';
import { requireRole } from './require-role.ts';
import type { Role } from './role.ts';
import { roleHolders } from './role-holders.ts';
import { type RoleInput, readRole } from './role-input.ts';

/** Changes to apply. Undefined fields keep their value. A role always has a name and a list of permissions. */
export interface UpdateRoleInput extends RoleInput {
  readonly id: string;
}

const PERMISSION = 'role.manage';

/**
 * Changes a role, and immediately the permissions of its members and keys. Revokes invitation links and sessions whose
 * ceiling doesn't cover the role. Requires `role.manage` and every permission of the role, before and after. A calling
 * key can't change a role with less restricted holders than itself. Rejects with ValidationError, NotFoundError,
 * EscalationError, or ConflictError for a system role or a name that is taken. If nothing differs, nothing is written.
 */
export async function updateRole(ctx: Context, params: UpdateRoleInput): Promise<Outcome<Role>> {
  const { id } = params;
  const organizationId = await locate(ctx, 'role', id, PERMISSION);
  const input = new Input();
  const { permissionCatalog } = await organizationById(ctx.db, organizationId);
  const provided = readRole(input, params, permissionCatalog);
  input.checkForm();
  return command(ctx, { organizationId, permission: PERMISSION }, async (change) => {
    const { tx, audit, principal, repeat } = change;
    const before = await requireRole(tx, organizationId, id);
    if (before.system) throw new ConflictError('OTHER', `The system role ${before.name} can't be changed`);
    input.checkChanged([before.name, before.description]);
    const after: Role = { ...before, ...provided };
    for (const state of [before, after]) {
      const holders = await roleHolders(tx, state, ctx.config.oidc);
      await refuseEscalation(principal, organizationId, state.permissions, holders);
    }
    const changes = difference(before, after, ['name', 'description', 'permissions']);
    if (Object.keys(changes).length === 0) {
      // It may repeat an update whose response was lost.
      repeat({ organizationId, action: 'role.updated', targetId: id });
      return before;
    }
    if (changes.name && (await isNameTaken(tx, 'current_roles', after)))
      throw new ConflictError('NAME_TAKEN', 'A role with this name already exists');
    await tx
      .updateTable('roles')
      .set({
        name: after.name,
        name_key: foldName(after.name),
        description: after.description,
        permissions: JSON.stringify(after.permissions),
      })
      .where('id', '=', id)
      .execute();
    audit({ organizationId, action: 'role.updated', targetId: id, changes });
    const permissions = { before: before.permissions, after: after.permissions };
    await endOutgrownLinks(change, organizationId, { roleId: id }, permissions);
    return after;
  });
}
