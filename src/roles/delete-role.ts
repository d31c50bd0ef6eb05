import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import { command, type Outcome } from '../command.ts';
import type { Context } from '../context.ts';
import { ConflictError } from '../core/errors.ts';
import { inBatches } from '../core/paced.ts';
import { locate } from '../organizations/locate.ts';
import { REVOKED_KEYS_LOSE_IT, UNBOUND_AT_ONCE } from '../organizations/revoked-keys.ts';
import { requireRole } from './require-role.ts';
import { countKeysOfRoles, type Role, roleHasMembers } from './role.ts';

/** Which role to delete. */
export interface DeleteRoleInput {
  readonly id: string;
}

const PERMISSION = 'role.manage';

/**
 * Deletes a role that nobody has, and returns its id. The caller needs `role.manage`. Rejects with NotFoundError, or
 * with ConflictError for a system role and for one that members or unrevoked keys have. Revoked keys lose it: the audit
 * log keeps which role they had, and what it held. Many of them lose it in batches before the role is deleted, also where
 * that is rejected in the end because somebody was given the role meanwhile; an entry of its own says so first.
 */
export async function deleteRole(ctx: Context, { id }: DeleteRoleInput): Promise<Outcome<string>> {
  const organizationId = await locate(ctx, 'role', id, PERMISSION);
  await requireUnused(ctx.db, organizationId, id);
  if (await hasManyKeys(ctx.db, id)) {
    await command(ctx, { organizationId, permission: PERMISSION }, async ({ tx, audit }) => {
      await requireUnused(tx, organizationId, id);
      audit({ organizationId, action: 'role.updated', targetId: id, changes: REVOKED_KEYS_LOSE_IT });
    });
    await unbindRevokedKeys(ctx, id);
  }
  return command(ctx, { organizationId, permission: PERMISSION }, async ({ tx, audit }) => {
    const { name, permissions } = await requireUnused(tx, organizationId, id);
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

/** The role, if it may be deleted. How many have it is not for everybody who may manage roles. */
async function requireUnused(db: Kysely<Tables>, organizationId: string, id: string): Promise<Role> {
  const role = await requireRole(db, organizationId, id);
  if (role.system) throw new ConflictError(`The role ${role.name} comes with Keywright: it can't be deleted`);
  if (await roleHasMembers(db, id)) throw new ConflictError('The role is in use: members have it');
  if ((await countKeysOfRoles(db, [{ id, organizationId }])).has(id))
    throw new ConflictError('The role is in use: API keys have it');
  return role;
}

/** Whether more keys have it than lose it in the transaction that deletes it. */
async function hasManyKeys(db: Kysely<Tables>, id: string): Promise<boolean> {
  const found = await db
    .selectFrom('api_keys')
    .select('id')
    .where('role_id', '=', id)
    .orderBy('created_at')
    .orderBy('id')
    .offset(UNBOUND_AT_ONCE.max)
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

async function unbindRevokedKeys({ db, unhurried }: Context, roleId: string): Promise<void> {
  // From where the last batch ended: what was unbound may be in the index for a while.
  let [createdAt, last] = [-1, ''];
  await inBatches(UNBOUND_AT_ONCE, async (size) => {
    const revoked = await db
      .selectFrom('api_keys')
      .select(['id', 'created_at'])
      .where('role_id', '=', roleId)
      .where('revoked_at', 'is not', null)
      .where((eb) => eb(eb.refTuple('created_at', 'id'), '>', eb.tuple(createdAt, last)))
      .orderBy('created_at')
      .orderBy('id')
      .limit(size)
      .execute();
    const ids = revoked.map(({ id }) => id);
    if (ids.length > 0)
      await unhurried.updateTable('api_keys').set({ role_id: null }).where('id', 'in', ids).execute();
    createdAt = revoked.at(-1)?.created_at ?? createdAt;
    last = ids.at(-1) ?? last;
    return ids.length;
  });
}
