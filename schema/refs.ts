import { loadAuditEntries } from '../src/audit/entry.ts';
import { loadApiKeys, loadSecrets } from '../src/keys/api-key.ts';
import { findUsers } from '../src/members/find-user.ts';
import { loadMemberships } from '../src/members/membership.ts';
import { loadOrganizations } from '../src/organizations/organization.ts';
import { loadRoles } from '../src/roles/role.ts';
import { loadTeams } from '../src/teams/team.ts';
import { builder } from './builder.ts';
import type { GraphQLContext } from './context.ts';
import { inOrder, Loader } from './loaded.ts';
import { onePerOperation } from './operation-caches.ts';

/**
 * Object types with their batch loaders. Fields are defined in the file of each type; the refs are here so that types
 * can refer to each other.
 */

function loadable<T extends { readonly id: string }>(
  name: string,
  load: (ids: readonly string[], ctx: GraphQLContext) => Promise<T[]>,
) {
  const inTheirOrder = async (ids: readonly string[], ctx: GraphQLContext) =>
    inOrder(ids, await load(ids, ctx));
  const ref = builder.loadableNodeRef(name, {
    load: (ids: string[], ctx) => inTheirOrder(ids, ctx),
    id: { resolve: (object: T) => object.id },
  });
  ref.getDataloader = onePerOperation((ctx) => new Loader<T>((ids) => inTheirOrder(ids, ctx)));
  return ref;
}

export const OrganizationRef = loadable('Organization', (ids, ctx) => loadOrganizations(ctx.db, ids));
export const TeamRef = loadable('Team', (ids, ctx) => loadTeams(ctx.db, ids));
/** Loads only users that are visible to the caller; `loadKnownUser` loads others. */
export const UserRef = loadable('User', (ids, ctx) => findUsers(ctx, ids));
export const MembershipRef = loadable('Membership', (ids, ctx) => loadMemberships(ctx.db, ids));
export const RoleRef = loadable('Role', (ids, ctx) => loadRoles(ctx.db, ids));
export const ApiKeyRef = loadable('ApiKey', (ids, ctx) => loadApiKeys(ctx, ids));
export const ApiKeySecretRef = loadable('ApiKeySecret', (ids, ctx) => loadSecrets(ctx, ids));
export const AuditEntryRef = loadable('AuditEntry', (ids, ctx) => loadAuditEntries(ctx, ids));

export const OrganizationConnection = builder.connectionObject(
  { type: OrganizationRef, name: 'OrganizationConnection', description: 'A page of organizations' },
  { name: 'OrganizationEdge', description: 'An organization in a list' },
);

export const TeamConnection = builder.connectionObject(
  { type: TeamRef, name: 'TeamConnection', description: 'A page of teams' },
  { name: 'TeamEdge', description: 'A team in a list' },
);

export const MembershipConnection = builder.connectionObject(
  { type: MembershipRef, name: 'MembershipConnection', description: 'A page of memberships' },
  { name: 'MembershipEdge', description: 'A membership in a list' },
);

export const RoleConnection = builder.connectionObject(
  { type: RoleRef, name: 'RoleConnection', description: 'A page of roles' },
  { name: 'RoleEdge', description: 'A role in a list' },
);

export const ApiKeyConnection = builder.connectionObject(
  { type: ApiKeyRef, name: 'ApiKeyConnection', description: 'A page of API keys' },
  { name: 'ApiKeyEdge', description: 'An API key in a list' },
);

export const AuditEntryConnection = builder.connectionObject(
  { type: AuditEntryRef, name: 'AuditEntryConnection', description: 'A page of the audit log' },
  { name: 'AuditEntryEdge', description: 'An audit entry in a list' },
);
