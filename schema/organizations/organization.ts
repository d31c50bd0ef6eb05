import DataLoader from 'dataloader';
import { BUILT_IN_PERMISSIONS } from '../../src/access/permissions.ts';
import { listAudit } from '../../src/audit/list.ts';
import { listMembers } from '../../src/members/list-members.ts';
import { loadAllowedOrigins } from '../../src/organizations/allowed-origins.ts';
import { findOrganization } from '../../src/organizations/find-organization.ts';
import type { Organization } from '../../src/organizations/organization.ts';
import { resolveOrganizationId } from '../../src/organizations/resolve-organization.ts';
import { listRoles } from '../../src/roles/list-roles.ts';
import { listTeams } from '../../src/teams/list-teams.ts';
import { listVerifiers } from '../../src/verifiers/verifier-rows.ts';
import { ApiKeySummary } from '../api-keys/api-key-summary.ts';
import { AuditFilter } from '../audit-entry.ts';
import { builder } from '../builder.ts';
import { connectionCost, toConnection } from '../connection.ts';
import type { GraphQLContext } from '../context.ts';
import { nullIfMissing } from '../loaded.ts';
import { findsNode } from '../node.ts';
import { onePerOperation } from '../operation-caches.ts';
import {
  AuditEntryConnection,
  AuditEntryRef,
  MembershipConnection,
  MembershipRef,
  OrganizationRef,
  RoleConnection,
  RoleRef,
  TeamConnection,
  TeamRef,
} from '../refs.ts';
import { auditScan, countedScan, memberListScan } from '../scan.ts';
import { shareRead } from '../shared-reads.ts';
import { Verifier } from '../verifiers/verifier.ts';
import { ORGANIZATION_ID } from './missing-organization.ts';
import { OrganizationLimits } from './organization-limits.ts';

const allowedOrigins = onePerOperation(
  (ctx: GraphQLContext) =>
    new DataLoader(async (ids: readonly string[]) => {
      const origins = await loadAllowedOrigins(ctx.db, ids);
      return ids.map((id) => origins.get(id) ?? []);
    }),
);

const RotationPolicy = builder.objectRef<Organization['rotationPolicy']>('RotationPolicy').implement({
  description: 'Rotation interval of API keys',
  fields: (t) => ({
    liveDays: t.exposeInt('liveDays', {
      nullable: true,
      description: 'Days between rotations of live keys. Null for no rotation',
    }),
    testDays: t.exposeInt('testDays', {
      nullable: true,
      description: 'Days between rotations of test keys. Null for no rotation',
    }),
  }),
});

const PermissionDefinition = builder
  .objectRef<{ name: string; description: string | null; builtIn: boolean }>('PermissionDefinition')
  .implement({
    description: 'A permission that roles and API keys of an organization can have',
    fields: (t) => ({
      name: t.expose('name', { type: 'Permission', description: 'Name of the permission' }),
      description: t.exposeString('description', {
        nullable: true,
        description: 'What the permission allows',
      }),
      builtIn: t.exposeBoolean('builtIn', {
        description:
          'Whether the permission is built into Keywright. If false, it is a custom permission of the organization',
      }),
    }),
  });

const BUILT_IN = Object.entries(BUILT_IN_PERMISSIONS).map(([name, text]) => ({
  name,
  description: text,
  builtIn: true,
}));

/**
 * A name of the organization for callers who may see it, otherwise the fallback: these fields can't be null, so an
 * error would remove everything around them.
 */
function nameFor(ctx: GraphQLContext, organization: Organization, name: string, otherwise: string): string {
  return ctx.principal?.knows(organization.id) ? name : otherwise;
}

builder.objectType(OrganizationRef, {
  description:
    'A customer, product or department with its own API keys, isolated from all other organizations',
  fields: (t) => ({
    name: t.string({
      description: 'Name of the organization. Its ID for an API key without `organization.view`',
      resolve: (organization, _args, ctx) => nameFor(ctx, organization, organization.name, organization.id),
    }),
    slug: t.string({
      description:
        'Unique name of the organization in URLs. It never changes. Its ID for an API key without `organization.view`',
      resolve: (organization, _args, ctx) => nameFor(ctx, organization, organization.slug, organization.id),
    }),
    keyPrefix: t.string({
      description:
        'First part of the organization’s keys: with `kw`, keys start with `kw_live_` or `kw_test_`. Empty for an API key without `organization.view`',
      resolve: (organization, _args, ctx) => nameFor(ctx, organization, organization.keyPrefix, ''),
    }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      description: 'When the organization was created',
    }),
    limits: t.field({
      type: OrganizationLimits,
      nullable: true,
      description: 'Limits that the operator has set. Requires `organization.view`',
      authScopes: ({ id }) => ({ organizationWide: [id, 'organization.view'] }),
      resolve: (organization) => organization,
    }),
    rotationPolicy: t.expose('rotationPolicy', {
      type: RotationPolicy,
      nullable: true,
      description: 'Rotation interval of API keys. Requires `organization.view`',
      authScopes: ({ id }) => ({ organizationWide: [id, 'organization.view'] }),
    }),
    permissionCatalog: t.field({
      type: [PermissionDefinition],
      nullable: true,
      description:
        'Permissions that roles and API keys can have: built-in permissions first, then custom ones. Requires `organization.view`',
      // Up to 500 per organization.
      complexity: { field: 1, multiplier: 100 },
      authScopes: ({ id }) => ({ organizationWide: [id, 'organization.view'] }),
      resolve: ({ permissionCatalog }) => [
        ...BUILT_IN,
        ...permissionCatalog.map((definition) => ({ ...definition, builtIn: false })),
      ],
    }),
    allowedOrigins: t.stringList({
      nullable: true,
      description:
        'Web origins whose pages may call the API with an explicit credential of the organization (CORS), in alphabetical order. Requires `organization.view`',
      authScopes: ({ id }) => ({ organizationWide: [id, 'organization.view'] }),
      resolve: ({ id }, _args, ctx) => allowedOrigins(ctx).load(id),
    }),
    verifiers: t.field({
      type: [Verifier],
      nullable: true,
      description:
        'Connected verifiers that verify API keys of the organization, on all servers, oldest connection first, at most 1,000. Requires `organization.view`',
      complexity: { field: 5, multiplier: 5 },
      authScopes: ({ id }) => ({ organizationWide: [id, 'organization.view'] }),
      resolve: ({ id }, _args, ctx) => listVerifiers(ctx.db, id, ctx.principal?.kind === 'operator'),
    }),
    keySummary: t.field({
      type: ApiKeySummary,
      nullable: true,
      description: 'Counts of API keys. Requires `api.key.view`',
      complexity: { field: 20 },
      authScopes: ({ id }) => ({ permissionIn: [id, 'api.key.view'] }),
      resolve: ({ id }) => ({ organizationId: id }),
    }),
    teams: t.connection(
      {
        type: TeamRef,
        nullable: true,
        description: 'Teams of the organization, oldest first. Requires `team.view`',
        authScopes: ({ id }) => ({ permissionIn: [id, 'team.view'] }),
        complexity: connectionCost,
        extensions: { scan: countedScan('teams') },
        resolve: async ({ id }, args, ctx) =>
          toConnection(await shareRead(ctx, 'teams', [id, args], () => listTeams(ctx, id, args))),
      },
      TeamConnection,
    ),
    members: t.connection(
      {
        type: MembershipRef,
        nullable: true,
        description:
          'Members of the organization and pending invitations, oldest first. Requires `member.view`',
        authScopes: ({ id }) => ({ permissionIn: [id, 'member.view'] }),
        complexity: connectionCost,
        extensions: { scan: memberListScan },
        args: {
          search: t.arg.string({
            description:
              'Text contained in the name or e-mail address, case-insensitive: at most 200 characters. Omit for all members',
          }),
        },
        resolve: async ({ id }, { search, ...page }, ctx) => {
          const read = () => listMembers(ctx, id, { search }, page);
          return toConnection(await shareRead(ctx, 'members', [id, search, page], read));
        },
      },
      MembershipConnection,
    ),
    roles: t.connection(
      {
        type: RoleRef,
        nullable: true,
        description: 'Roles of the organization, oldest first. Requires `role.view`',
        authScopes: ({ id }) => ({ permissionIn: [id, 'role.view'] }),
        complexity: connectionCost,
        extensions: { scan: countedScan('roles') },
        resolve: async ({ id }, args, ctx) =>
          toConnection(await shareRead(ctx, 'roles', [id, args], () => listRoles(ctx, id, args))),
      },
      RoleConnection,
    ),
    auditLog: t.connection(
      {
        type: AuditEntryRef,
        nullable: true,
        description:
          'Changes and denied attempts, newest first: sorted by `sequence`, or by time if the filter has `from` or `to`. Requires `audit.view`',
        authScopes: ({ id }) => ({ permissionIn: [id, 'audit.view'] }),
        complexity: connectionCost,
        extensions: { scan: auditScan },
        args: { filter: t.arg({ type: AuditFilter, description: 'Entries to return. Omit for all' }) },
        resolve: async ({ id }, { filter, ...page }, ctx) => {
          const read = () => listAudit(ctx, id, filter ?? {}, page);
          return toConnection(await shareRead(ctx, 'auditLog', [id, filter, page], read));
        },
      },
      AuditEntryConnection,
    ),
  }),
});

builder.queryField('organization', (t) =>
  t.field({
    type: OrganizationRef,
    nullable: true,
    description:
      'Looks up an organization. Null if it doesn’t exist or you don’t belong to it. Requires `organization.view`',
    authScopes: { permission: 'organization.view' },
    args: {
      id: t.arg.id({ description: ORGANIZATION_ID }),
    },
    resolve: (_root, { id }, ctx) => findOrganization(ctx, id ?? resolveOrganizationId(ctx, id, ['id'])),
  }),
);

findsNode('Organization', async (id, ctx) => {
  if (!ctx.principal?.can(id, 'organization.view')) return null;
  return OrganizationRef.getDataloader(ctx).load(id).catch(nullIfMissing);
});
