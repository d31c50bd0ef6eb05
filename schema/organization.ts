import DataLoader from 'dataloader';
import { BUILT_IN_PERMISSIONS } from '../src/access/permissions.ts';
import { listAudit } from '../src/audit/list.ts';
import { countKeys } from '../src/keys/lists/key-counts.ts';
import { summarizeApiKeys } from '../src/keys/lists/summarize-api-keys.ts';
import { listMembers } from '../src/members/list-members.ts';
import { findOrganization } from '../src/organizations/find-organization.ts';
import type { Organization } from '../src/organizations/organization.ts';
import { resolveOrganizationId } from '../src/organizations/resolve-organization.ts';
import { listRoles } from '../src/roles/list-roles.ts';
import { listTeams } from '../src/teams/list-teams.ts';
import { usageLastDay } from '../src/usage/last-day.ts';
import { AuditFilter } from './audit-entry.ts';
import { builder } from './builder.ts';
import { connectionCost, toConnection } from './connection.ts';
import type { GraphQLContext } from './context.ts';
import { nullIfMissing } from './loaded.ts';
import { findsNode } from './node.ts';
import { onePerOperation } from './operation-caches.ts';
import { ORGANIZATION_LEFT_OUT } from './organization-left-out.ts';
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
} from './refs.ts';
import { auditScan, countedScan, keptCountScan, SUMMARY_ROWS_MAX } from './scan.ts';
import { shareRead } from './shared-reads.ts';

const activeApiKeys = onePerOperation(
  (ctx: GraphQLContext) =>
    new DataLoader(async (ids: readonly string[]) => {
      const counts = await countKeys(ctx.db, ids, ctx.clock.now());
      return ids.map((id) => counts.get(id)?.active ?? 0);
    }),
);

/** All counts of keys come from one read; sums of the last day don't need it. */
function summary(ctx: GraphQLContext, organizationId: string): ReturnType<typeof summarizeApiKeys> {
  return shareRead(ctx, 'keySummary', [organizationId], () => summarizeApiKeys(ctx, organizationId));
}

/** Both sums come from one read. */
function lastDay(ctx: GraphQLContext, organizationId: string): ReturnType<typeof usageLastDay> {
  return shareRead(ctx, 'usageLastDay', [organizationId], () => usageLastDay(ctx, organizationId));
}

const OrganizationLimits = builder.objectRef<Organization>('OrganizationLimits').implement({
  description: 'What the operator allows an organization',
  fields: (t) => ({
    maxActiveApiKeys: t.exposeInt('maxActiveApiKeys', {
      nullable: true,
      description: 'How many active keys there may be; null: unlimited',
    }),
    activeApiKeys: t.int({
      description: 'How many active keys there are',
      resolve: ({ id }, _args, ctx) => activeApiKeys(ctx).load(id),
    }),
  }),
});

const RotationPolicy = builder.objectRef<Organization['rotationPolicy']>('RotationPolicy').implement({
  description: 'After how many days a key should get a new secret',
  fields: (t) => ({
    liveDays: t.exposeInt('liveDays', {
      nullable: true,
      description: 'Live keys; null: no rotation asked for',
    }),
    testDays: t.exposeInt('testDays', {
      nullable: true,
      description: 'Test keys; null: no rotation asked for',
    }),
  }),
});

const PermissionDefinition = builder
  .objectRef<{ name: string; description: string | null; builtIn: boolean }>('PermissionDefinition')
  .implement({
    description: 'A permission that roles and keys of an organization may carry',
    fields: (t) => ({
      name: t.expose('name', { type: 'Permission', description: 'Its name' }),
      description: t.exposeString('description', {
        nullable: true,
        description: 'What it lets its holder do',
      }),
      builtIn: t.exposeBoolean('builtIn', {
        description: 'Whether Keywright itself asks for it; else it is the organization’s own',
      }),
    }),
  });

const BUILT_IN = Object.entries(BUILT_IN_PERMISSIONS).map(([name, text]) => ({
  name,
  description: text,
  builtIn: true,
}));

const SUMMARY_SCAN = keptCountScan('keySummary', SUMMARY_ROWS_MAX);
const LAST_DAY_SCAN = keptCountScan('usageLastDay');

const ApiKeySummary = builder.objectRef<{ readonly organizationId: string }>('ApiKeySummary').implement({
  description: 'The keys of an organization in figures',
  fields: (t) => {
    const byStatus = (status: 'active' | 'disabled' | 'expired' | 'revoked', description: string) =>
      t.int({
        description,
        extensions: { scan: SUMMARY_SCAN },
        resolve: async ({ organizationId }, _args, ctx) => (await summary(ctx, organizationId))[status],
      });
    const attention = (name: 'unused' | 'rotationOverdue' | 'expiringSoon', description: string) =>
      t.int({
        description: `${description}. A lower bound, 10,000 at most, if \`${name}IsExact\` is false`,
        extensions: { scan: SUMMARY_SCAN },
        resolve: async ({ organizationId }, _args, ctx) => (await summary(ctx, organizationId))[name].count,
      });
    const isExact = (name: 'unused' | 'rotationOverdue' | 'expiringSoon') =>
      t.boolean({
        description: `Whether \`${name}\` is the exact number; false: at least that many`,
        extensions: { scan: SUMMARY_SCAN },
        resolve: async ({ organizationId }, _args, ctx) => (await summary(ctx, organizationId))[name].isExact,
      });
    const lastDayOf = (outcome: 'verified' | 'denied', description: string) =>
      t.field({
        type: 'SafeInt',
        description,
        extensions: { scan: LAST_DAY_SCAN },
        resolve: async ({ organizationId }, _args, ctx) => (await lastDay(ctx, organizationId))[outcome],
      });
    return {
      active: byStatus('active', 'Accepted now'),
      disabled: byStatus('disabled', 'Denied until someone enables them'),
      expired: byStatus('expired', 'Past their expiry'),
      revoked: byStatus('revoked', 'Revoked so far'),
      unused: attention('unused', 'Active, and not used for 90 days; or never used, and older than that'),
      unusedIsExact: isExact('unused'),
      rotationOverdue: attention('rotationOverdue', 'Active, and past the day their rotation was due'),
      rotationOverdueIsExact: isExact('rotationOverdue'),
      expiringSoon: attention('expiringSoon', 'Active, and expiring within 7 days'),
      expiringSoonIsExact: isExact('expiringSoon'),
      verifiedLastDay: lastDayOf('verified', 'Accepted verifications of the last 24 hours, in whole minutes'),
      deniedLastDay: lastDayOf(
        'denied',
        'Denied verifications of known keys in the last 24 hours, in whole minutes',
      ),
    };
  },
});

/** To an API key without `organization.view`, its organization is no more than an id. */
const known = ({ id }: Organization) => ({ organizationKnown: id });

builder.objectType(OrganizationRef, {
  description: 'A customer, product or department with keys of its own; sees nothing of the others',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What it is called', authScopes: known }),
    slug: t.exposeString('slug', {
      description: 'Its name for addresses; unique, and never changes',
      authScopes: known,
    }),
    keyPrefix: t.exposeString('keyPrefix', {
      description: 'First part of its keys: `kw` gives `kw_live_…`',
      authScopes: known,
    }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      description: 'When it was made',
      authScopes: known,
    }),
    limits: t.field({
      type: OrganizationLimits,
      nullable: true,
      description: 'What the operator allows it. Needs `organization.view`',
      authScopes: ({ id }) => ({ organizationWide: [id, 'organization.view'] }),
      resolve: (organization) => organization,
    }),
    rotationPolicy: t.expose('rotationPolicy', {
      type: RotationPolicy,
      nullable: true,
      description: 'After how many days a key should get a new secret. Needs `organization.view`',
      authScopes: ({ id }) => ({ organizationWide: [id, 'organization.view'] }),
    }),
    permissionCatalog: t.field({
      type: [PermissionDefinition],
      nullable: true,
      description:
        'The permissions roles and keys may carry: the built-in ones, then its own. Needs `organization.view`',
      // Up to 500 of its own.
      complexity: { field: 1, multiplier: 100 },
      authScopes: ({ id }) => ({ organizationWide: [id, 'organization.view'] }),
      resolve: ({ permissionCatalog }) => [
        ...BUILT_IN,
        ...permissionCatalog.map((definition) => ({ ...definition, builtIn: false })),
      ],
    }),
    keySummary: t.field({
      type: ApiKeySummary,
      nullable: true,
      description: 'Its keys in figures. Needs `api.key.view`',
      complexity: { field: 20 },
      authScopes: ({ id }) => ({ permissionIn: [id, 'api.key.view'] }),
      resolve: ({ id }) => ({ organizationId: id }),
    }),
    teams: t.connection(
      {
        type: TeamRef,
        nullable: true,
        description: 'Its teams, the oldest first. Needs `team.view`',
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
        description: 'Its members, invited ones included, the earliest first. Needs `member.view`',
        authScopes: ({ id }) => ({ permissionIn: [id, 'member.view'] }),
        complexity: connectionCost,
        extensions: { scan: countedScan('memberships') },
        resolve: async ({ id }, args, ctx) =>
          toConnection(await shareRead(ctx, 'members', [id, args], () => listMembers(ctx, id, {}, args))),
      },
      MembershipConnection,
    ),
    roles: t.connection(
      {
        type: RoleRef,
        nullable: true,
        description: 'Its roles, the oldest first. Needs `role.view`',
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
          'Changes and denied attempts, latest first: by `sequence`, or by time if the filter has one. Requires `audit.view`',
        authScopes: ({ id }) => ({ permissionIn: [id, 'audit.view'] }),
        complexity: connectionCost,
        extensions: { scan: auditScan },
        args: { filter: t.arg({ type: AuditFilter, description: 'Which entries; left out: all' }) },
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
    description: 'An organization; null where there is none that you belong to. Needs `organization.view`',
    authScopes: { permission: 'organization.view' },
    args: {
      id: t.arg.id({ description: ORGANIZATION_LEFT_OUT }),
    },
    resolve: (_root, { id }, ctx) => findOrganization(ctx, id ?? resolveOrganizationId(ctx, id, ['id'])),
  }),
);

findsNode('Organization', async (id, ctx) => {
  if (!ctx.principal?.can(id, 'organization.view')) return null;
  return OrganizationRef.getDataloader(ctx).load(id).catch(nullIfMissing);
});
