import type { KeyLimits } from './key-limits.ts';
import type { KeyScope } from './key-scope.ts';
import { type BuiltInPermission, covers } from './permissions.ts';

/** Who is asking, with everything it may do, loaded once a request: every question is answered without a query. */
export type Principal = UserPrincipal | KeyPrincipal | OperatorPrincipal | SystemPrincipal;

interface Rights {
  /** How the audit log names it: a user's or key's id, or the name of a system actor. */
  readonly actor: string;
  /** Whether it holds the permission in this organization. */
  can(organizationId: string, permission: string): boolean;
  /** Whether it holds the permission in any organization. */
  canSomewhere(permission: string): boolean;
  /** Everything it holds in this organization, wildcards as they are; empty where it is no part of it. */
  permissionsIn(organizationId: string): readonly string[];
  /** Whether the organization exists for it at all. */
  isOf(organizationId: string): boolean;
  /** Whether it may know the organization by its name; to an API key without `organization.view` it is only an id. */
  knows(organizationId: string): boolean;
  /** Which of the organization's keys exist for it. */
  readonly keyScope: KeyScope;
}

/** A signed-in person. */
export interface UserPrincipal extends Rights {
  readonly kind: 'user';
  readonly userId: string;
  readonly sessionId: string;
  /** The only organization that the session reaches; null: all that the user has joined. */
  readonly limitedTo: string | null;
  /** Organizations it has joined and the session reaches, oldest membership first. */
  readonly organizationIds: readonly string[];
}

/** An API key as a caller, in its own organization only. */
export interface KeyPrincipal extends Rights {
  readonly kind: 'key';
  readonly keyId: string;
  readonly secretId: string;
  readonly organizationIds: readonly [string];
  /** What it is bound by; it hands out nothing that is bound less tightly. The expiry is the secret's, if that is earlier. */
  readonly limits: KeyLimits;
  /** Whether its secret is accepted for less long than the key: another one replaces it. */
  readonly secretRetires: boolean;
}

/** The product's own back end: everything in every organization. */
export interface OperatorPrincipal extends Rights {
  readonly kind: 'operator';
  readonly name: string;
  readonly tokenId: string;
}

/** Keywright itself: the command line on the server, the expiry sweep. */
export interface SystemPrincipal extends Rights {
  readonly kind: 'system';
  readonly name: string;
}

/** A user with the permissions of each joined organization; the `unconfirmed` ones it only knows. */
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

/** A key as it is known where it is verified. */
export interface CallingKey extends KeyLimits {
  readonly keyId: string;
  readonly secretId: string;
  readonly organizationId: string;
  /** Effective: the role's and the grants. */
  readonly permissions: readonly string[];
  /** When the key expires, NEVER where it doesn't; `expiresAt` is when the key or this secret does, whichever is first. */
  readonly keyExpiresAt: number;
}

/** A key with its effective permissions. One that is bound to teams can't do what concerns no team. */
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

/** A caller with the same permissions and scope as others in this organization: what it is shown fits all of them. */
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

/** What concerns the organization as a whole: nothing for a key that is bound to teams. */
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
