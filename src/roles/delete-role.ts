import type { Kysely, Transaction } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { command, type Outcome } from '../command.ts';
import type { Context } from '../context.ts';
import { ConflictError } from '../core/errors.ts';
import { locate } from '../organizations/locate.ts';
import { requireRole } from './require-role.ts';
import { countKeysOfRoles, type Role, roleHasMembers } from './role.ts';

/** The role to delete. */
export interface DeleteRoleInput {
  readonly id: string;
}

const PERMISSION = 'role.manage';

/**
 * Deletes a role that is not in use, and returns its id. Requires `role.manage`. Rejects with NotFoundError, or with
 * ConflictError for a system role or if members or unrevoked keys have the role. Revoked keys lose it without being
 * written: the audit log keeps which role they had, and its permissions.
 */
export async function deleteRole(ctx: Context, { id }: DeleteRoleInput): Promise<Outcome<string>> {
  const organizationId = await locate(ctx, 'role', id, PERMISSION);
  return command(ctx, { organizationId, permission: PERMISSION }, async ({ tx, now, audit }) => {
    const { name, permissions } = await requireUnused(tx, organizationId, id);
    await tx
      .deleteFrom('api_key_counts')
      .where('organization_id', '=', organizationId)
      .where('role_id', '=', id)
      .execute();
    if (await hasRevokedKeys(tx, id)) await hide(tx, id, now);
    else await tx.deleteFrom('roles').where('id', '=', id).execute();
    const changes = { name: [name, null], permissions: [permissions, null] } as const;
    audit({ organizationId, action: 'role.deleted', targetId: id, changes });
    return id;
  });
}

/**
 * The role, if it can be deleted. Errors don't reveal how many have it, because not everyone who can manage roles may
 * know.
 */
async function requireUnused(db: Kysely<Tables>, organizationId: string, id: string): Promise<Role> {
  const role = await requireRole(db, organizationId, id);
  if (role.system) throw new ConflictError('OTHER', `The system role ${role.name} can't be deleted`);
  if (await roleHasMembers(db, id)) throw new ConflictError('IN_USE', 'The role is in use by members');
  if ((await countKeysOfRoles(db, [{ id, organizationId }])).has(id))
    throw new ConflictError('IN_USE', 'The role is in use by API keys');
  return role;
}

/** Whether any key still refers to the role. */
async function hasRevokedKeys(tx: Transaction<Tables>, id: string): Promise<boolean> {
  const key = await tx
    .selectFrom('api_keys')
    .select('id')
    .where('role_id', '=', id)
    .orderBy('created_at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  return key !== undefined;
}

/**
 * Keeps the row for the keys that refer to it. A server of the previous release still shows it, without permissions and
 * with a name that tells. No name starts with a space, so the role's own name is available again.
 */
async function hide(tx: Transaction<Tables>, id: string, now: number): Promise<void> {
  await tx
    .updateTable('roles')
    .set({ name: `Deleted ${id}`, name_key: ` ${id}`, description: null, permissions: '[]', deleted_at: now })
    .where('id', '=', id)
    .execute();
}
