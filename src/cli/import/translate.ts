import { BUILT_IN_PERMISSIONS, covers } from '../../access/permissions.ts';
import type { ForeignKey } from './record.ts';

/** How names of the other system translate to this one. */
export interface Translation {
  /**
   * Whether roles and permissions are those of another product. One that has the name of a role or built-in permission
   * of Keywright means something else, and must not grant it unless it is translated.
   */
  readonly isForeign: boolean;
  readonly environment: 'live' | 'test' | undefined;
  /** For keys without a role. */
  readonly role: string | undefined;
  readonly roles: ReadonlyMap<string, string>;
  readonly permissions: ReadonlyMap<string, string>;
}

/** Finds roles and teams of the organization by ID or name. */
export interface Names {
  /** Null: not found. */
  role(nameOrId: string): string | null;
  team(nameOrId: string): string | null;
}

/** What a key may do, with names. */
type Named = Pick<ForeignKey, 'role' | 'teams' | 'grants'>;

/** What a key may do, with IDs of this installation. */
export interface Translated {
  readonly roleId: string | undefined;
  readonly teamIds: readonly string[] | undefined;
  readonly grants: readonly string[] | undefined;
}

/** Translates what a key may do, or lists the reasons why that is not possible. */
export function translate(
  { role, teams, ...key }: Named,
  by: Translation,
  names: Names,
): Translated | { readonly reasons: readonly string[] } {
  const reasons: string[] = [];
  const find = (kind: 'role' | 'team', name: string): string => {
    const id = names[kind](name);
    if (id === null) reasons.push(`there is no ${kind} with the name ${name}`);
    return id ?? '';
  };
  const translated = role === undefined ? by.role : by.roles.get(role);
  if (role !== undefined && translated === undefined && by.isForeign)
    reasons.push(`the role ${role} is not translated: add --map-role '${role}=…'`);
  const wanted = translated ?? role;
  const roleId = wanted && reasons.length === 0 ? find('role', wanted) : undefined;
  const teamIds = teams?.map((team) => find('team', team));
  const grants = key.grants?.map((grant) => {
    const known = by.permissions.get(grant);
    if (known === undefined && by.isForeign && isBuiltIn(grant))
      reasons.push(`the permission ${grant} would allow managing keys: add --map-permission '${grant}=…'`);
    return known ?? grant;
  });
  if (reasons.length > 0) return { reasons };
  return { roleId, teamIds, grants: grants && [...new Set(grants.filter(Boolean))] };
}

/** Whether a permission grants one that is built in. */
function isBuiltIn(permission: string): boolean {
  return Object.keys(BUILT_IN_PERMISSIONS).some((one) => covers([permission], one));
}
