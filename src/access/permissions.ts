/** Every permission that Keywright itself asks for, with what it lets its holder do: serves checks, GraphQL and console. */
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
} as const;

/** A permission that Keywright itself asks for. */
export type BuiltInPermission = keyof typeof BUILT_IN_PERMISSIONS;

/** The roles that come with every organization; nobody can change or delete them. */
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

/** Whether the text has the form of a permission: segments joined by dots, an optional last segment `*`, or `*` alone. */
export function isPermission(text: string): boolean {
  return text.length <= PERMISSION_MAX && SHAPE.test(text);
}

/**
 * Whether `held` covers `wanted`. `*` covers all; `a.*` covers everything below `a`, wildcards included, but not `a`
 * itself. A wildcard that is wanted is covered only by one at least as wide.
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

/** What serves gateways, not the management of anything. */
const NO_MANAGEMENT: BuiltInPermission = 'api.key.verify';

/** Whether permissions let their holder see or change anything of an organization. */
export function holdsManagement(held: readonly string[]): boolean {
  return Object.keys(BUILT_IN_PERMISSIONS).some((one) => one !== NO_MANAGEMENT && covers(held, one));
}

/** Both lists as one, each permission once, in alphabetical order. */
export function union(...lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())].sort();
}
