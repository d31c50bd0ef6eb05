import type { Kysely } from 'kysely';
import { byReader } from '../../db/scans.ts';
import type { Row, Tables } from '../../db/tables.ts';
import { isInScope, type KeyScope } from '../access/key-scope.ts';
import type { Context } from '../context.ts';

/** A named set of permissions that members and keys carry. */
export interface Role {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly description: string | null;
  readonly permissions: readonly string[];
  /** One of owner, admin and member, which nobody can change or delete. */
  readonly system: boolean;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** How many members and keys have a role; revoked keys don't count. */
export interface RoleUses {
  readonly members: number;
  readonly apiKeys: number;
}

/** The columns of a role. */
export const ROLE_COLUMNS = [
  'roles.id',
  'roles.organization_id',
  'roles.name',
  'roles.description',
  'roles.permissions',
  'roles.is_system',
  'roles.created_at',
] as const;

/** A role from its row. */
export function toRole(row: Omit<Row<'roles'>, 'name_key'>): Role {
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

/** Those of the roles that exist, in any order. */
export async function loadRoles(db: Kysely<Tables>, ids: readonly string[]): Promise<Role[]> {
  if (ids.length === 0) return [];
  const rows = await db.selectFrom('roles').select(ROLE_COLUMNS).where('id', 'in', ids).execute();
  return rows.map(toRole);
}

/** The uses of each of the roles, which may be of several organizations, outside a change. */
export async function countUsesOfRoles(
  ctx: Pick<Context, 'db' | 'scans'>,
  roles: readonly Role[],
  scope: KeyScope,
): Promise<Map<string, RoleUses>> {
  const groups = await byReader(
    ctx,
    'api_keys',
    roles.map((role) => role.organizationId),
  );
  const counts = [...groups].map(([db, organizationIds]) => {
    const own = roles.filter((role) => organizationIds.includes(role.organizationId));
    return countRoleUses(
      db,
      own.map(({ id }) => id),
      scope,
    );
  });
  return new Map((await Promise.all(counts)).flatMap((found) => [...found]));
}

/** The uses of each of the roles by members and by keys in scope, none left out. */
export async function countRoleUses(
  db: Kysely<Tables>,
  roleIds: readonly string[],
  scope: KeyScope,
): Promise<Map<string, RoleUses>> {
  if (roleIds.length === 0) return new Map();
  const members = await db
    .selectFrom('memberships')
    .select(({ fn }) => ['role_id', fn.countAll().as('uses')])
    .where('role_id', 'in', roleIds)
    .groupBy('role_id')
    .execute();
  const apiKeys = await db
    .selectFrom('api_keys')
    .select(({ fn }) => ['role_id', fn.countAll().as('uses')])
    .where('role_id', 'in', roleIds)
    .where('revoked_at', 'is', null)
    .where(isInScope(scope, 'api_keys.id'))
    .groupBy('role_id')
    .execute();
  const membersOf = new Map(members.map((row) => [row.role_id, Number(row.uses)]));
  const apiKeysOf = new Map(apiKeys.map((row) => [row.role_id, Number(row.uses)]));
  return new Map(
    roleIds.map((id) => [id, { members: membersOf.get(id) ?? 0, apiKeys: apiKeysOf.get(id) ?? 0 }]),
  );
}
