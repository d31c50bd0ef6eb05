/** The built-in permissions and what each allows. Used by checks, GraphQL and the console. */
export const BUILT_IN_PERMISSIONS = {
  'organization.view': 'View the organization, its limits and policies',
  'organization.manage': 'Update the organization: name, key prefix, rotation policy and permission catalog',
  'member.view': 'View the members of the organization',
  'member.manage': 'Invite, update and remove members',
  'team.view': 'View the teams of the organization',
  'team.manage': 'Create, rename and delete teams',
  'role.view': 'View the roles of the organization',
  'role.manage': 'Create, update and delete roles',
  'audit.view': 'Read the audit log',
  'api.key.view': 'View API keys, their usage and their events',
  'api.key.create': 'Create API keys',
  'api.key.update': 'Update and rotate API keys, and revoke individual secrets',
  'api.key.delete': 'Revoke API keys',
  'api.key.verify': 'Verify API keys',
  'api.key.import': 'Import API keys of another system by the hashes of their secrets',
} as const;

/** Name of a built-in permission. */
export type BuiltInPermission = keyof typeof BUILT_IN_PERMISSIONS;

/** The roles that every organization has. They can't be changed or deleted. */
export const SYSTEM_ROLES = [
  { name: 'owner', description: 'All permissions', permissions: ['*'] },
  {
    name: 'admin',
    description: 'Manages API keys and teams; views members, roles and the audit log',
    permissions: ['api.key.*', 'member.view', 'team.*', 'role.view', 'audit.view', 'organization.view'],
  },
  {
    name: 'member',
    description: 'Sees keys and teams',
    permissions: ['api.key.view', 'team.view', 'organization.view'],
  },
] as const;

/** Longest permission name, in characters. */
export const PERMISSION_MAX = 100;

const SHAPE = /^(?:\*|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*(?:\.\*)?)$/;

/** Whether the text is a valid permission: segments joined by dots, an optional last segment `*`, or `*` alone. */
export function isPermission(text: string): boolean {
  return text.length <= PERMISSION_MAX && SHAPE.test(text);
}

/**
 * Whether `held` covers `wanted`. `*` covers everything; `a.*` covers everything below `a`, wildcards included, but not
 * `a` itself. A wanted wildcard is only covered by an equal or wider one.
 */
export function covers(held: readonly string[], wanted: string): boolean {
  return held.some((one) => {
    if (one === '*' || one === wanted) return true;
    return one.endsWith('.*') && wanted.startsWith(one.slice(0, -1));
  });
}

/** Those of `wanted` that `held` does not cover. */
export function missing(held: readonly string[], wanted: readonly string[]): string[] {
  return wanted.filter((permission) => !covers(held, permission));
}

/** Permission of gateways, which doesn't allow managing anything. */
const NO_MANAGEMENT: BuiltInPermission = 'api.key.verify';

/** Whether the permissions allow viewing or changing anything in an organization. */
export function holdsManagement(held: readonly string[]): boolean {
  return Object.keys(BUILT_IN_PERMISSIONS).some((one) => one !== NO_MANAGEMENT && covers(held, one));
}

/** The union of the lists without duplicates, in alphabetical order. */
export function union(...lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())].sort();
}
