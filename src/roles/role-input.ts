import { DESCRIPTION_MAX, type Input } from '../core/input.ts';
import type { PermissionDefinition } from '../organizations/organization.ts';
import { checkPermissions } from '../organizations/permission-catalog.ts';
import { systemRoleLike } from './look-alikes.ts';
import type { Role } from './role.ts';

/** Input fields of a role. Undefined: not provided. */
export interface RoleInput {
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly permissions?: readonly string[] | null | undefined;
}

/** Validated fields of a role. */
export type RoleChanges = Partial<Pick<Role, 'name' | 'description' | 'permissions'>>;

/** Maximum number of permissions of a role: as many as a key can be granted. */
const PERMISSIONS_MAX = 100;

/** Validates the fields of a role and adds issues to `input`. */
export function readRole(
  input: Input,
  { name, description, permissions }: RoleInput,
  catalog: readonly PermissionDefinition[],
): RoleChanges {
  return {
    ...(name !== undefined && { name: readName(input, name) }),
    ...(description !== undefined && {
      description: input.text(['input', 'description'], description, DESCRIPTION_MAX, {
        multiline: true,
        use: 'text',
      }),
    }),
    ...(permissions !== undefined && { permissions: readPermissions(input, permissions, catalog) }),
  };
}

/** Validates a name: it must not resemble a system role's name. */
function readName(input: Input, provided: string | null): string {
  const path = ['input', 'name'];
  const name = input.name(path, provided);
  const like = systemRoleLike(name);
  if (like) input.newFault(path, name, 'RESERVED', `looks like the name of the system role "${like}"`);
  return name;
}

function readPermissions(
  input: Input,
  provided: readonly string[] | null,
  catalog: readonly PermissionDefinition[],
): string[] {
  const path = ['input', 'permissions'];
  if (!provided) input.fault(path, 'REQUIRED', "can't be null");
  const permissions = input.list(path, provided, PERMISSIONS_MAX);
  checkPermissions(input, path, permissions, catalog);
  return [...new Set(permissions)];
}
