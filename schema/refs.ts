import { loadAuditEntries } from '../src/audit/entry.ts';
import { type ApiKey, loadApiKeys, loadSecrets } from '../src/keys/api-key.ts';
import { findUsers } from '../src/members/find-user.ts';
import { loadMemberships } from '../src/members/membership.ts';
import type { User } from '../src/members/user.ts';
import { loadOrganizations } from '../src/organizations/organization.ts';
import { loadRoles } from '../src/roles/role.ts';
import { findSessions } from '../src/sessions/list-sessions.ts';
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
/** Loads only sessions that are visible to the caller. */
export const SessionRef = loadable('Session', (ids, ctx) => findSessions(ctx, ids));

/** Keywright itself or an operator token. */
export interface SystemActor {
  readonly systemName: string;
}

export const ActorRef = builder.interfaceRef<User | ApiKey | SystemActor>('Actor');

function connectionOf<T extends { readonly id: string }>(
  type: ReturnType<typeof loadable<T>>,
  page: string,
  row: string,
) {
  return builder.connectionObject(
    { type, name: `${type.name}Connection`, description: page },
    { name: `${type.name}Edge`, description: `${row} in a list` },
  );
}

export const OrganizationConnection = connectionOf(
  OrganizationRef,
  'A page of organizations',
  'An organization',
);
export const TeamConnection = connectionOf(TeamRef, 'A page of teams', 'A team');
export const MembershipConnection = connectionOf(MembershipRef, 'A page of memberships', 'A membership');
export const RoleConnection = connectionOf(RoleRef, 'A page of roles', 'A role');
export const ApiKeyConnection = connectionOf(ApiKeyRef, 'A page of API keys', 'An API key');
export const AuditEntryConnection = connectionOf(AuditEntryRef, 'A page of the audit log', 'An audit entry');
