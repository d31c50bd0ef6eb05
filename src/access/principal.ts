import type { KeyLimits } from './key-limits.ts';
import type { KeyScope } from './key-scope.ts';
import { type BuiltInPermission, covers } from './permissions.ts';

/** The authenticated caller with its permissions, loaded once per request, so that checks need no query. */
export type Principal = UserPrincipal | KeyPrincipal | OperatorPrincipal | SystemPrincipal;

interface Rights {
  /** Id of the actor in the audit log: the id of a user or key, or the name of a system actor. */
  readonly actor: string;
  /** Whether the caller has the permission in this organization. */
  can(organizationId: string, permission: string): boolean;
  /** Whether the caller has the permission in any organization. */
  canSomewhere(permission: string): boolean;
  /** The caller's permissions in this organization, wildcards not expanded. Empty if it doesn't belong to it. */
  permissionsIn(organizationId: string): readonly string[];
  /** Whether the organization is visible to the caller. */
  isOf(organizationId: string): boolean;
  /** Whether the caller may see the organization's name. An API key without `organization.view` sees only its id. */
  knows(organizationId: string): boolean;
  /** The caller's scope of keys in the organization. */
  readonly keyScope: KeyScope;
}

/** A signed-in person. */
export interface UserPrincipal extends Rights {
  readonly kind: 'user';
  readonly userId: string;
  readonly sessionId: string;
  /** Organization that the session is limited to. Null for all that the user has joined. */
  readonly limitedTo: string | null;
  /** Organizations that the user has joined and the session gives access to, oldest membership first. */
  readonly organizationIds: readonly string[];
}

/** An API key as a caller, in its own organization only. */
export interface KeyPrincipal extends Rights {
  readonly kind: 'key';
  readonly keyId: string;
  readonly secretId: string;
  readonly organizationIds: readonly [string];
  /** Restrictions of the key, which it can't exceed in other keys. The expiry is the secret's if that is earlier. */
  readonly limits: KeyLimits;
  /** Whether its secret is being replaced, and expires before the key. */
  readonly secretRetires: boolean;
}

/** An operator token: every permission in every organization. */
export interface OperatorPrincipal extends Rights {
  readonly kind: 'operator';
  readonly name: string;
  readonly tokenId: string;
}

/** Keywright itself: the command line or a background task such as the expiry sweep. */
export interface SystemPrincipal extends Rights {
  readonly kind: 'system';
  readonly name: string;
}

/** A user with its permissions in each joined organization. Those in `unconfirmed` are known, but grant nothing. */
export function userPrincipal(
  userId: string,
  sessionId: string,
  permissions: ReadonlyMap<string, readonly string[]>,
  {
    limitedTo = null,
    unconfirmed = [],
  }: { readonly limitedTo?: string | null; readonly unconfirmed?: readonly string[] } = {},
): UserPrincipal {
  return {
    kind: 'user',
    userId,
    sessionId,
    limitedTo,
    organizationIds: [...permissions.keys()],
    ...rights(userId, permissions),
    knows: (id) => permissions.has(id) || unconfirmed.includes(id),
  };
}

/** The data of a key that its verification has loaded. */
export interface CallingKey extends KeyLimits {
  readonly keyId: string;
  readonly secretId: string;
  readonly organizationId: string;
  /** Effective: the role's and the grants. */
  readonly permissions: readonly string[];
  /** When the key expires, or NEVER. `expiresAt` is the earlier of the key's and this secret's expiry. */
  readonly keyExpiresAt: number;
}

/** A key with its effective permissions. A team-bound key can't use permissions that concern the whole organization. */
export function keyPrincipal(key: CallingKey): KeyPrincipal {
  const { keyId, secretId, organizationId, environment, expiresAt, allowlist, rateLimit, teamIds } = key;
  const held = rights(keyId, new Map([[organizationId, key.permissions]]));
  return {
    kind: 'key',
    keyId,
    secretId,
    limits: { environment, expiresAt, allowlist, rateLimit, teamIds },
    secretRetires: expiresAt < key.keyExpiresAt,
    organizationIds: [organizationId],
    ...(teamIds.length > 0 ? withinTeams(held, teamIds) : held),
    knows: (id) => held.can(id, 'organization.view'),
  };
}

/** The bearer of an operator token. */
export function operatorPrincipal(tokenId: string, name: string): OperatorPrincipal {
  return { kind: 'operator', tokenId, name, ...everything(`operator:${name}`) };
}

/** Keywright itself under a name such as `cli` or `expiry`. */
export function systemPrincipal(name: string): SystemPrincipal {
  return { kind: 'system', name, ...everything(name) };
}

/** Identifies callers with the same permissions and scope in this organization, who can share a result. */
export function anyoneLike(principal: Principal, organizationId: string): SystemPrincipal {
  const { keyScope } = principal;
  const held = rights('anyone', new Map([[organizationId, principal.permissionsIn(organizationId)]]));
  const known = principal.knows(organizationId);
  const rightsOfAll = keyScope ? withinTeams(held, keyScope) : held;
  return { kind: 'system', name: 'anyone', ...rightsOfAll, knows: (id) => known && id === organizationId };
}

function rights(actor: string, permissions: ReadonlyMap<string, readonly string[]>): Rights {
  const permissionsIn = (organizationId: string): readonly string[] => permissions.get(organizationId) ?? [];
  return {
    actor,
    permissionsIn,
    can: (organizationId, permission) => covers(permissionsIn(organizationId), permission),
    canSomewhere: (permission) => [...permissions.values()].some((held) => covers(held, permission)),
    isOf: (organizationId) => permissions.has(organizationId),
    knows: (organizationId) => permissions.has(organizationId),
    keyScope: null,
  };
}

/** Permissions that concern the organization as a whole. A team-bound key has none of them. */
const BEYOND_TEAMS: readonly string[] = [
  'organization.manage',
  'member.view',
  'member.manage',
  'role.manage',
  'team.manage',
] satisfies BuiltInPermission[];

function withinTeams(held: Rights, teamIds: readonly string[]): Rights {
  return {
    ...held,
    keyScope: teamIds,
    can: (organizationId, permission) =>
      !BEYOND_TEAMS.includes(permission) && held.can(organizationId, permission),
    canSomewhere: (permission) => !BEYOND_TEAMS.includes(permission) && held.canSomewhere(permission),
  };
}

function everything(actor: string): Rights {
  return {
    actor,
    can: () => true,
    canSomewhere: () => true,
    permissionsIn: () => ['*'],
    isOf: () => true,
    knows: () => true,
    keyScope: null,
  };
}

/**
 * Id of the user, API key or operator token that calls. Unlike the actor of an operator token, whose name can be reused,
 * it never identifies another caller. Null: Keywright itself.
 */
export function callerId(principal: Principal): string | null {
  switch (principal.kind) {
    case 'user':
      return principal.userId;
    case 'key':
      return principal.keyId;
    case 'operator':
      return principal.tokenId;
    case 'system':
      return null;
  }
}
