import type { Kysely } from 'kysely';
import { byReader } from '../../db/scans.ts';
import type { Row, Tables } from '../../db/tables/tables.ts';
import { isInScope, type KeyScope } from '../access/key-scope.ts';
import type { Context } from '../context.ts';

/** A named set of permissions of members and keys. */
export interface Role {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly description: string | null;
  readonly permissions: readonly string[];
  /** Whether it is owner, admin or member, which can't be changed or deleted. */
  readonly system: boolean;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** Number of members and keys with a role. Revoked keys don't count. */
export interface RoleUses {
  readonly members: number;
  readonly apiKeys: number;
}

/** The columns of a role. */
export const ROLE_COLUMNS = [
  'current_roles.id',
  'current_roles.organization_id',
  'current_roles.name',
  'current_roles.description',
  'current_roles.permissions',
  'current_roles.is_system',
  'current_roles.created_at',
] as const;

/** Maps a row to a role. */
export function toRole(row: Omit<Row<'current_roles'>, 'name_key'>): Role {
  return {
    id: row.id,
    organizationId: row.organization_id,
    name: row.name,
    description: row.description,
    permissions: JSON.parse(row.permissions) as string[],
    system: row.is_system === 1,
    createdAt: row.created_at,
  };
}

/** The existing roles, in any order. */
export async function loadRoles(db: Kysely<Tables>, ids: readonly string[]): Promise<Role[]> {
  if (ids.length === 0) return [];
  const rows = await db.selectFrom('current_roles').select(ROLE_COLUMNS).where('id', 'in', ids).execute();
  return rows.map(toRole);
}

/**
 * The uses of each of the roles, possibly of several organizations: by members, and by keys in scope. For callers that
 * are not limited to teams, stored counts are used.
 */
export async function countUsesOfRoles(
  ctx: Pick<Context, 'db' | 'scans'>,
  roles: readonly Role[],
  scope: KeyScope,
): Promise<Map<string, RoleUses>> {
  const members = await countByReader(ctx, 'memberships', roles, membersOfRoles);
  const apiKeys = scope
    ? await countByReader(ctx, 'api_keys', roles, (db, ids) => keysInScopeOfRoles(db, ids, scope))
    : await countKeysOfRoles(ctx.db, roles);
  return new Map(
    roles.map(({ id }) => [id, { members: members.get(id) ?? 0, apiKeys: apiKeys.get(id) ?? 0 }]),
  );
}

type Uses = { readonly role_id: string | null; readonly uses: number | string | bigint };

/** Counts in the reader of each organization. A role without uses is omitted. */
async function countByReader(
  ctx: Pick<Context, 'db' | 'scans'>,
  table: 'memberships' | 'api_keys',
  roles: readonly Role[],
  count: (db: Kysely<Tables>, roleIds: readonly string[]) => Promise<Uses[]>,
): Promise<Map<string, number>> {
  const groups = await byReader(
    ctx,
    table,
    roles.map((role) => role.organizationId),
  );
  const counts = [...groups].map(([db, organizationIds]) => {
    const own = roles.filter((role) => organizationIds.includes(role.organizationId));
    return count(
      db,
      own.map(({ id }) => id),
    );
  });
  const rows = (await Promise.all(counts)).flat();
  return new Map(rows.map(({ role_id, uses }) => [role_id ?? '', Number(uses)]));
}

function membersOfRoles(db: Kysely<Tables>, roleIds: readonly string[]): Promise<Uses[]> {
  return db
    .selectFrom('memberships')
    .select(({ fn }) => ['role_id', fn.countAll().as('uses')])
    .where('role_id', 'in', roleIds)
    .groupBy('role_id')
    .execute();
}

function keysInScopeOfRoles(
  db: Kysely<Tables>,
  roleIds: readonly string[],
  scope: KeyScope,
): Promise<Uses[]> {
  return db
    .selectFrom('api_keys')
    .select(({ fn }) => ['role_id', fn.countAll().as('uses')])
    .where('role_id', 'in', roleIds)
    .where('revoked_at', 'is', null)
    .where(isInScope(scope, 'api_keys.id'))
    .groupBy('role_id')
    .execute();
}

/** Whether any member has the role. */
export async function roleHasMembers(db: Kysely<Tables>, roleId: string): Promise<boolean> {
  const member = await db
    .selectFrom('memberships')
    .select('id')
    .where('role_id', '=', roleId)
    .limit(1)
    .executeTakeFirst();
  return member !== undefined;
}

/** Number of keys that are not revoked, by role. Roles without keys are omitted. */
export async function countKeysOfRoles(
  db: Kysely<Tables>,
  roles: readonly Pick<Role, 'id' | 'organizationId'>[],
): Promise<Map<string, number>> {
  if (roles.length === 0) return new Map();
  const rows = await db
    .selectFrom('api_key_counts')
    .select(({ fn }) => ['role_id', fn.sum('keys').as('keys')])
    .where('organization_id', 'in', [...new Set(roles.map((role) => role.organizationId))])
    .where(
      'role_id',
      'in',
      roles.map(({ id }) => id),
    )
    .groupBy('role_id')
    .execute();
  return new Map(rows.flatMap(({ role_id, keys }) => (Number(keys) > 0 ? [[role_id, Number(keys)]] : [])));
}
