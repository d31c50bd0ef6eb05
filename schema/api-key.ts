import { union } from '../src/access/permissions.ts';
import { listAudit } from '../src/audit/list.ts';
import {
  type ApiKey,
  loadSecretsOfKeys,
  loadTeamsOfKeys,
  rotationDueAt,
  statusOf,
} from '../src/keys/api-key.ts';
import { stretchesOf, usageOf } from '../src/usage/report.ts';
import { Actor, findActor } from './actor.ts';
import { ApiKeyStatus, Environment } from './api-key-list.ts';
import { builder } from './builder.ts';
import { connectionCost, toConnection } from './connection.ts';
import type { GraphQLContext } from './context.ts';
import { nullIfMissing } from './loaded.ts';
import { findsNode } from './node.ts';
import {
  ApiKeyRef,
  ApiKeySecretRef,
  AuditEntryConnection,
  AuditEntryRef,
  OrganizationRef,
  RoleRef,
  TeamRef,
} from './refs.ts';
import { ownAuditScan } from './scan.ts';
import { shareRead } from './shared-reads.ts';

const RateLimit = builder.objectRef<{ limit: number; windowSeconds: number }>('RateLimit').implement({
  description: 'How often a key is accepted',
  fields: (t) => ({
    limit: t.exposeInt('limit', { description: 'Accepted verifications per window' }),
    windowSeconds: t.exposeInt('windowSeconds', { description: 'Length of the window' }),
  }),
});

const UsageGranularity = builder.enumType('UsageGranularity', {
  description: 'Length of a usage bucket, in UTC',
  values: {
    MINUTE: { value: 'minute', description: 'One minute' },
    HOUR: { value: 'hour', description: 'One hour' },
    DAY: { value: 'day', description: 'One day' },
  } as const,
});

const UsageBucket = builder
  .objectRef<{ start: number; verified: number; denied: number }>('UsageBucket')
  .implement({
    description: 'How often a key was presented in a stretch of time',
    fields: (t) => ({
      start: t.expose('start', { type: 'DateTime', description: 'Where the stretch begins' }),
      verified: t.expose('verified', { type: 'SafeInt', description: 'Accepted verifications' }),
      denied: t.expose('denied', { type: 'SafeInt', description: 'Refused ones' }),
    }),
  });

async function permissionsOf(key: ApiKey, ctx: GraphQLContext): Promise<string[]> {
  const role = key.roleId ? await RoleRef.getDataloader(ctx).load(key.roleId) : null;
  return union(role?.permissions ?? [], key.grants);
}

/** What is noted about a key for those who manage it: neither its bearer nor a gateway that verifies it needs it. */
const managed = (key: ApiKey) => ({ permissionIn: [key.organizationId, 'api.key.view'] }) as const;

builder.objectType(ApiKeyRef, {
  description:
    'The identity and policy of a key. Its credential is a secret; a rotation adds a second one to the same key',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What the key is for' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'Description of the key. Requires `api.key.view`',
      authScopes: managed,
    }),
    organization: t.field({
      type: OrganizationRef,
      nullable: true,
      description: 'The organization it belongs to. Requires `organization.view`',
      authScopes: (key) => ({ permissionIn: [key.organizationId, 'organization.view'] }),
      resolve: (key) => key.organizationId,
    }),
    environment: t.expose('environment', {
      type: Environment,
      description: 'What it is for; part of its secret',
    }),
    status: t.field({
      type: ApiKeyStatus,
      description: 'Whether it is accepted',
      resolve: (key, _args, ctx) => statusOf(key, ctx.clock.now()),
    }),
    start: t.exposeString('start', {
      description:
        'The first characters of the newest secret: `kw_live_a8f2bcde`. All of it that is ever shown again',
    }),
    role: t.field({
      type: RoleRef,
      nullable: true,
      description: 'The role whose permissions it has; changes of the role take effect at once',
      resolve: (key) => key.roleId,
    }),
    grants: t.field({
      type: ['Permission'],
      description: 'Permissions granted directly, beside the role',
      resolve: (key) => [...key.grants],
    }),
    permissions: t.field({
      type: ['Permission'],
      description: 'In force now: the role’s and the grants together, in alphabetical order',
      resolve: (key, _args, ctx) => permissionsOf(key, ctx),
    }),
    teams: t.loadableList({
      type: TeamRef,
      description: 'The teams it is bound to, by name; none: bound to no team',
      load: async (ids: string[], ctx) => {
        const teams = await loadTeamsOfKeys(ctx, ids);
        return ids.map((id) => teams.get(id) ?? []);
      },
      resolve: (key) => key.id,
    }),
    ipAllowlist: t.field({
      type: ['CIDR'],
      description: 'Networks it is accepted from; empty: any address',
      resolve: (key) => [...key.ipAllowlist],
    }),
    rateLimit: t.expose('rateLimit', {
      type: RateLimit,
      nullable: true,
      description: 'How often it is accepted; null: without limit',
    }),
    enabled: t.exposeBoolean('enabled', {
      description: 'Whether it is enabled; a disabled key is denied until it is enabled again',
    }),
    externalId: t.exposeString('externalId', {
      nullable: true,
      description: 'Who the key belongs to in the caller’s own system',
    }),
    metadata: t.expose('metadata', {
      type: 'JSONObject',
      nullable: true,
      description: 'Your own data about the key. Requires `api.key.view`',
      authScopes: managed,
      // Up to 16 KB.
      complexity: 5,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made' }),
    createdBy: t.field({
      type: Actor,
      nullable: true,
      description: 'Who created it. Requires `api.key.view`',
      authScopes: managed,
      resolve: (key, _args, ctx) => findActor(ctx, key.createdBy, key.organizationId),
    }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When somebody last changed it' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'From when on it is refused; null: it doesn’t expire',
    }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Its last accepted verification; null: none yet',
    }),
    lastUsedIp: t.exposeString('lastUsedIp', {
      nullable: true,
      description: 'The client’s address at that verification, where it was given',
    }),
    revokedAt: t.expose('revokedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was revoked',
    }),
    revokedBy: t.field({
      type: Actor,
      nullable: true,
      description: 'Who revoked it. Requires `api.key.view`',
      authScopes: managed,
      resolve: (key, _args, ctx) =>
        key.revokedBy ? findActor(ctx, key.revokedBy, key.organizationId) : null,
    }),
    revocationReason: t.exposeString('revocationReason', {
      nullable: true,
      description: 'Why it was revoked. Requires `api.key.view`',
      authScopes: managed,
    }),
    rotationDueAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the organization’s policy asks for a new secret; null: never',
      resolve: async (key, _args, ctx) => {
        const organization = await OrganizationRef.getDataloader(ctx).load(key.organizationId);
        return rotationDueAt(key, organization.rotationPolicy);
      },
    }),
    secrets: t.loadableList({
      type: ApiKeySecretRef,
      description:
        'Its credentials, the newest first: all that are accepted, and the newest 100 that have ended',
      load: async (ids: string[], ctx) => {
        const secrets = await loadSecretsOfKeys(ctx, ids);
        return ids.map((id) => secrets.get(id) ?? []);
      },
      resolve: (key) => key.id,
    }),
    usage: t.field({
      type: [UsageBucket],
      nullable: true,
      description:
        'How often the key was presented, in intervals with any use, earliest first; at most 1,000. Requires `api.key.view`',
      authScopes: managed,
      complexity: (range, { clock }) => ({ field: 20, multiplier: stretchesOf(range, clock.now()) }),
      extensions: { costsByTheTime: true },
      args: {
        from: t.arg({
          type: 'DateTime',
          description: 'Not before this time; left out: an hour, a day or 30 days ago',
        }),
        to: t.arg({ type: 'DateTime', description: 'Before this time; left out: now' }),
        granularity: t.arg({
          type: UsageGranularity,
          defaultValue: 'hour',
          description: 'Length of a stretch',
        }),
      },
      resolve: (key, range, ctx) =>
        shareRead(ctx, 'usage', [key.id, range], () => usageOf(ctx, key.id, range)),
    }),
    auditLog: t.connection(
      {
        type: AuditEntryRef,
        nullable: true,
        description: 'Changes of the key and denied attempts, latest first. Requires `audit.view`',
        authScopes: (key) => ({ permissionIn: [key.organizationId, 'audit.view'] }),
        complexity: connectionCost,
        extensions: { scan: ownAuditScan },
        resolve: async (key, args, ctx) => {
          const read = () => listAudit(ctx, key.organizationId, { targetId: key.id }, args);
          return toConnection(await shareRead(ctx, 'apiKey.auditLog', [key.id, args], read));
        },
      },
      AuditEntryConnection,
    ),
  }),
});

findsNode('ApiKey', async (id, ctx) => {
  const key = await ApiKeyRef.getDataloader(ctx).load(id).catch(nullIfMissing);
  return key && ctx.principal?.can(key.organizationId, 'api.key.view') ? key : null;
});
