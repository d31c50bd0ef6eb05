import type { Transaction } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { covers } from '../access/permissions.ts';
import type { Change } from '../command.ts';
import { isId } from '../core/ids.ts';
import { foldName } from '../core/input.ts';
import { loadRoles, type Role } from '../roles/role.ts';
import { findRemoval } from '../sign-in/removals.ts';
import { joinOrganization } from './join-organization.ts';

/** The user to admit. */
export interface Newcomer {
  /** Null: no user has the address yet. */
  readonly userId: string | null;
  readonly email: string;
  readonly name: string | null;
}

/** Actor in the audit log for users who are admitted by the operator's setting. */
export const ADMITTING_ACTOR = 'oidc';

/**
 * Adds a person as a member who was neither invited nor removed before: removed people must be invited again. The
 * operator chooses the role explicitly, so it may have permissions that no member has, but never all. Returns an
 * obstacle that applies to everyone, for the log, or null. The caller has locked the organization.
 */
export async function admitNewcomer(
  change: Change,
  { userId, email, name }: Newcomer,
  { organizationId, role: wanted }: { readonly organizationId: string; readonly role: string },
): Promise<string | null> {
  const { tx } = change;
  if (userId !== null && (await isOrWasMember(tx, organizationId, userId, email))) return null;
  const role = await findRole(tx, organizationId, wanted);
  if (!role) return 'OIDC_DEFAULT_ROLE is not a role of the organization';
  if (covers(role.permissions, '*')) return 'OIDC_DEFAULT_ROLE is a role with all permissions';
  const audit: Change['audit'] = (record) => change.audit({ actor: ADMITTING_ACTOR, ...record });
  await joinOrganization({ ...change, audit }, { organizationId, email, name, roleId: role.id });
  return null;
}

async function isOrWasMember(
  tx: Transaction<Tables>,
  organizationId: string,
  userId: string,
  email: string,
): Promise<boolean> {
  const membership = await tx
    .selectFrom('memberships')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return membership !== undefined || (await findRemoval(tx, organizationId, { userId, email })) !== null;
}

async function findRole(
  tx: Transaction<Tables>,
  organizationId: string,
  wanted: string,
): Promise<Role | null> {
  const named = await tx
    .selectFrom('current_roles')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where(isId('role', wanted) ? 'id' : 'name_key', '=', isId('role', wanted) ? wanted : foldName(wanted))
    .executeTakeFirst();
  const [role] = named ? await loadRoles(tx, [named.id]) : [];
  return role ?? null;
}
