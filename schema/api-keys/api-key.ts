import { union } from '../../src/access/permissions.ts';
import { listAudit } from '../../src/audit/list.ts';
import {
  type ApiKey,
  loadSecretsOfKeys,
  loadTeamsOfKeys,
  rotationDueAt,
  statusOf,
} from '../../src/keys/api-key.ts';
import { usageOf } from '../../src/usage/report.ts';
import { builder } from '../builder.ts';
import { connectionCost, toConnection } from '../connection.ts';
import type { GraphQLContext } from '../context.ts';
import { nullIfMissing } from '../loaded.ts';
import { findsNode } from '../node.ts';
import { Actor, findActor } from '../people/actor.ts';
import {
  ActorRef,
  ApiKeyRef,
  ApiKeySecretRef,
  AuditEntryConnection,
  AuditEntryRef,
  OrganizationRef,
  RoleRef,
  TeamRef,
} from '../refs.ts';
import { nullableTime } from '../scalars.ts';
import { ownAuditScan } from '../scan.ts';
import { shareRead } from '../shared-reads.ts';
import { ApiKeyStatus, Environment } from './api-key-list.ts';
import { managed, reads } from './api-key-properties.ts';
import { USAGE_ARGS, UsageBucket, usageCost } from './usage.ts';

export const RateLimit = builder.objectRef<{ limit: number; windowSeconds: number }>('RateLimit').implement({
  description: 'Rate limit of an API key',
  fields: (t) => ({
    limit: t.exposeInt('limit', { description: 'Accepted verifications per window' }),
    windowSeconds: t.exposeInt('windowSeconds', { description: 'Length of the window in seconds' }),
  }),
});

async function permissionsOf(key: ApiKey, ctx: GraphQLContext): Promise<string[]> {
  const role = key.roleId ? await RoleRef.getDataloader(ctx).load(key.roleId) : null;
  return union(role?.permissions ?? [], key.grants);
}

builder.objectType(ApiKeyRef, {
  description:
    'An API key: its identity and policy. Clients authenticate with one of its secrets; a rotation adds a secret to the same key',
  interfaces: [ActorRef],
  fields: (t) => ({
    displayName: t.exposeString('name', { description: 'Name of the key. The same as `name`' }),
    name: t.exposeString('name', { description: 'Name of the key' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'Description of the key. Requires `api.key.view`',
      authScopes: managed,
    }),
    organization: t.field({
      type: OrganizationRef,
      nullable: true,
      description: 'Organization that the key belongs to. Requires `organization.view`',
      authScopes: (key) => ({ permissionIn: [key.organizationId, 'organization.view'] }),
      extensions: reads(),
      resolve: (key) => key.organizationId,
    }),
    environment: t.expose('environment', {
      type: Environment,
      description: 'Environment of the key, which is part of its secret',
    }),
    status: t.field({
      type: ApiKeyStatus,
      description: 'Status of the key',
      extensions: reads('revokedAt', 'enabled', 'expiresAt'),
      resolve: (key, _args, ctx) => statusOf(key, ctx.clock.now()),
    }),
    start: t.exposeString('start', {
      description:
        'The first characters of the newest secret, for example `kw_live_a8f2bcde`. The full secret is returned only when it is created. Empty for a key that was imported without them',
    }),
    role: t.field({
      type: RoleRef,
      nullable: true,
      description: 'Role assigned to the key. Changes to the role take effect immediately',
      extensions: reads('roleId'),
      resolve: (key) => key.roleId,
    }),
    grants: t.field({
      type: ['Permission'],
      description: 'Permissions granted in addition to the role',
      extensions: reads('grants'),
      resolve: (key) => [...key.grants],
    }),
    permissions: t.field({
      type: ['Permission'],
      description: 'Effective permissions: those of the role and the grants combined, in alphabetical order',
      extensions: reads('roleId', 'grants'),
      resolve: (key, _args, ctx) => permissionsOf(key, ctx),
    }),
    teams: t.loadableList({
      type: TeamRef,
      description: 'Teams that the key is bound to, sorted by name. Empty if it may be used for any team',
      load: async (ids: string[], ctx) => {
        const teams = await loadTeamsOfKeys(ctx, ids);
        return ids.map((id) => teams.get(id) ?? []);
      },
      extensions: reads(),
      resolve: (key) => key.id,
    }),
    ipAllowlist: t.field({
      type: ['CIDR'],
      description: 'Networks that the key may be used from. Empty if any address is allowed',
      extensions: reads('ipAllowlist'),
      resolve: (key) => [...key.ipAllowlist],
    }),
    rateLimit: t.expose('rateLimit', {
      type: RateLimit,
      nullable: true,
      description: 'Rate limit of the key. Null if it has no limit',
    }),
    enabled: t.exposeBoolean('enabled', {
      description: 'Whether the key is enabled. A disabled key is denied until it is enabled again',
    }),
    foreignId: t.exposeString('foreignId', {
      nullable: true,
      description: 'ID of the key in the system it was imported from. Null if it was not imported',
    }),
    externalId: t.exposeString('externalId', {
      nullable: true,
      description: 'ID of the key’s owner in your own system',
    }),
    metadata: t.expose('metadata', {
      type: 'JSONObject',
      nullable: true,
      description: 'Your own data about the key. Requires `api.key.view`',
      authScopes: managed,
      // Up to 16 KB.
      complexity: 5,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the key was created' }),
    createdBy: t.field({
      type: Actor,
      nullable: true,
      description: 'Who created the key. Requires `api.key.view`',
      authScopes: managed,
      extensions: reads('createdBy'),
      resolve: (key, _args, ctx) => findActor(ctx, key.createdBy, key.organizationId),
    }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When the key was last changed' }),
    expiresAt: t.expose('expiresAt', nullableTime('When the key expires. Null if it doesn’t expire')),
    lastUsedAt: t.expose(
      'lastUsedAt',
      nullableTime('When the key was last accepted. Null if it has never been used'),
    ),
    lastUsedIp: t.exposeString('lastUsedIp', {
      nullable: true,
      description: 'IP address of the client at the last use. Null if it was not provided',
    }),
    revokedAt: t.expose('revokedAt', nullableTime('When the key was revoked. Null if it was not')),
    revokedBy: t.field({
      type: Actor,
      nullable: true,
      description: 'Who revoked the key. Requires `api.key.view`',
      authScopes: managed,
      extensions: reads('revokedBy'),
      resolve: (key, _args, ctx) =>
        key.revokedBy ? findActor(ctx, key.revokedBy, key.organizationId) : null,
    }),
    revocationReason: t.exposeString('revocationReason', {
      nullable: true,
      description: 'Why the key was revoked. Requires `api.key.view`',
      authScopes: managed,
    }),
    rotationDueAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When the key is due for rotation under the organization’s rotation policy. Null if no rotation is due',
      extensions: reads('revokedAt', 'environment', 'rotatedAt'),
      resolve: async (key, _args, ctx) => {
        const organization = await OrganizationRef.getDataloader(ctx).load(key.organizationId);
        return rotationDueAt(key, organization.rotationPolicy);
      },
    }),
    secrets: t.loadableList({
      type: ApiKeySecretRef,
      description:
        'Secrets of the key, newest first: all that are accepted, and the newest 100 that are expired or revoked',
      load: async (ids: string[], ctx) => {
        const secrets = await loadSecretsOfKeys(ctx, ids);
        return ids.map((id) => secrets.get(id) ?? []);
      },
      extensions: reads(),
      resolve: (key) => key.id,
    }),
    usage: t.field({
      type: [UsageBucket],
      nullable: true,
      description:
        'Usage of the key, earliest first. Intervals without use are omitted. The range may span at most 1,000 intervals. Requires `api.key.view`',
      authScopes: managed,
      complexity: usageCost,
      extensions: { costsByTheTime: true, ...reads() },
      args: USAGE_ARGS,
      resolve: (key, range, ctx) =>
        shareRead(ctx, 'usage', [key.id, range], () => usageOf(ctx, key.id, range)),
    }),
    auditLog: t.connection(
      {
        type: AuditEntryRef,
        nullable: true,
        description: 'Changes to the key and denied attempts, newest first. Requires `audit.view`',
        authScopes: (key) => ({ permissionIn: [key.organizationId, 'audit.view'] }),
        complexity: connectionCost,
        extensions: { scan: ownAuditScan, ...reads() },
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
