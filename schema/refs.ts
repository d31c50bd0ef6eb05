import { loadAuditEntries } from '../src/audit/entry.ts';
import { loadApiKeys, loadSecrets } from '../src/keys/api-key.ts';
import { loadMemberships } from '../src/organizations/membership.ts';
import { loadOrganizations } from '../src/organizations/organization.ts';
import { loadRoles } from '../src/organizations/role.ts';
import { loadTeams } from '../src/organizations/team.ts';
import { loadUsers } from '../src/organizations/user.ts';
import { builder } from './builder.ts';
import { inOrder } from './loaded.ts';

/*
 * The object types by name, each with how a batch of them is loaded. Their fields are in the file of each type; the
 * names stand here so that types can speak of each other.
 */

export const OrganizationRef = builder.loadableNodeRef('Organization', {
  load: async (ids: string[], ctx) => inOrder(ids, await loadOrganizations(ctx.db, ids)),
  id: { resolve: (organization) => organization.id },
});

export const TeamRef = builder.loadableNodeRef('Team', {
  load: async (ids: string[], ctx) => inOrder(ids, await loadTeams(ctx.db, ids)),
  id: { resolve: (team) => team.id },
});

export const UserRef = builder.loadableNodeRef('User', {
  load: async (ids: string[], ctx) => inOrder(ids, await loadUsers(ctx.db, ids)),
  id: { resolve: (user) => user.id },
});

export const MembershipRef = builder.loadableNodeRef('Membership', {
  load: async (ids: string[], ctx) => inOrder(ids, await loadMemberships(ctx.db, ids)),
  id: { resolve: (membership) => membership.id },
});

export const RoleRef = builder.loadableNodeRef('Role', {
  load: async (ids: string[], ctx) => inOrder(ids, await loadRoles(ctx.db, ids)),
  id: { resolve: (role) => role.id },
});

export const ApiKeyRef = builder.loadableNodeRef('ApiKey', {
  load: async (ids: string[], ctx) => inOrder(ids, await loadApiKeys(ctx, ids)),
  id: { resolve: (apiKey) => apiKey.id },
});

export const ApiKeySecretRef = builder.loadableNodeRef('ApiKeySecret', {
  load: async (ids: string[], ctx) => inOrder(ids, await loadSecrets(ctx, ids)),
  id: { resolve: (secret) => secret.id },
});

export const AuditEntryRef = builder.loadableNodeRef('AuditEntry', {
  load: async (ids: string[], ctx) => inOrder(ids, await loadAuditEntries(ctx.db, ids)),
  id: { resolve: (entry) => entry.id },
});

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
