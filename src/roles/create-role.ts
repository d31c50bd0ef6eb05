import { refuseEscalation } from '../access/escalation.ts';
import { authorize, authorizeSomewhere, command, type Outcome } from '../command.ts';
import type { Context } from '../context.ts';
import { ConflictError } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import { foldName, Input } from '../core/input.ts';
import { organizationById } from '../organizations/organization.ts';
import { resolveOrganizationId } from '../organizations/resolve-organization.ts';
import type { Role } from './role.ts';
import { roleHolders } from './role-holders.ts';
import { readRole } from './role-input.ts';

/** Input for a new role. */
export interface CreateRoleInput {
  readonly organizationId?: string | null | undefined;
  readonly name: string;
  readonly description?: string | null | undefined;
  /** At most 100. */
  readonly permissions: readonly string[];
}

const PERMISSION = 'role.manage';

/**
 * Creates a role. Requires `role.manage` and every permission the role will have. Rejects with ValidationError,
 * NotFoundError (the organization), EscalationError, or ConflictError if the organization has a role with this name,
 * case-insensitive.
 */
export async function createRole(ctx: Context, params: CreateRoleInput): Promise<Outcome<Role>> {
  authorizeSomewhere(ctx, PERMISSION);
  const organizationId = resolveOrganizationId(ctx, params.organizationId);
  authorize(ctx, organizationId, PERMISSION);
  const input = new Input();
  const { permissionCatalog } = await organizationById(ctx.db, organizationId);
  const provided = readRole(input, params, permissionCatalog);
  input.check();
  return command(ctx, { organizationId, permission: PERMISSION }, async ({ tx, now, audit, principal }) => {
    const { name = '', description = null, permissions = [] } = provided;
    const role: Role = {
      id: newId('role'),
      organizationId,
      name,
      description,
      permissions,
      system: false,
      createdAt: now,
    };
    await refuseEscalation(
      principal,
      organizationId,
      permissions,
      await roleHolders(tx, role, ctx.config.oidc),
    );
    const inserted = await tx
      .insertInto('roles')
      .values({
        id: role.id,
        organization_id: organizationId,
        name,
        name_key: foldName(name),
        description,
        permissions: JSON.stringify(permissions),
        is_system: 0,
        created_at: now,
      })
      .onConflict((conflict) => conflict.columns(['organization_id', 'name_key']).doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!inserted) throw new ConflictError('NAME_TAKEN', 'A role with this name already exists');
    const changes = {
      name: [null, name],
      permissions: [null, permissions],
      ...(description !== null && { description: [null, description] as const }),
    } as const;
    audit({ organizationId, action: 'role.created', targetId: role.id, changes });
    return role;
  });
}
