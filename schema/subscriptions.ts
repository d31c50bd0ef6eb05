import type { ChangeEvent, DenialEvent, UseEvent } from '../src/changes/events.ts';
import type { ApiKey } from '../src/keys/api-key.ts';
import type { Counted } from '../src/realtime/channels.ts';
import { encodeCursor } from '../src/realtime/cursor.ts';
import { changedSource, changeTypeOf, deniedSource, usedSource } from '../src/realtime/sources.ts';
import { Actor, findActor } from './actor.ts';
import { builder } from './builder.ts';
import type { GraphQLContext } from './context.ts';
import { ApiKeyRef, ApiKeySecretRef } from './refs.ts';
import { iterate } from './source-iterator.ts';
import { VerificationCode } from './verification.ts';

const ApiKeyUsed = builder.objectRef<Counted<UseEvent>>('ApiKeyUsed').implement({
  description: 'A key was accepted',
  fields: (t) => ({
    apiKey: t.field({
      type: ApiKeyRef,
      description: 'The key, with this use as its last',
      resolve: ({ newest }, _args, ctx) => {
        // It may be used again while it is loaded.
        const asUsed = (apiKey: ApiKey) => ({ ...apiKey, lastUsedAt: newest.at, lastUsedIp: newest.ip });
        // It reads any key; a caller that is limited to teams reads through its scope.
        const atOnce = ctx.principal?.keyScope === null ? ctx.live.readKey?.(newest.keyId) : null;
        return atOnce ? asUsed(atOnce) : ApiKeyRef.getDataloader(ctx).load(newest.keyId).then(asUsed);
      },
    }),
    lastUsedAt: t.field({ type: 'DateTime', description: 'When', resolve: ({ newest }) => newest.at }),
    lastUsedIp: t.string({
      nullable: true,
      description: 'The client’s address, where it was given',
      resolve: ({ newest }) => newest.ip,
    }),
    secretId: t.id({
      description: 'Which secret was presented: how a rotation is watched',
      resolve: ({ newest }) => newest.secretId,
    }),
    count: t.exposeInt('count', {
      description:
        'Uses since the previous event of this key on this subscription; 0 where it says the present state',
    }),
  }),
});

const ApiKeyDenied = builder.objectRef<Counted<DenialEvent>>('ApiKeyDenied').implement({
  description: 'A verification was refused',
  fields: (t) => ({
    apiKey: t.field({
      type: ApiKeyRef,
      nullable: true,
      description: 'The key; null: no such key',
      resolve: ({ newest }) => newest.keyId,
    }),
    code: t.field({
      type: VerificationCode,
      description: 'Why',
      resolve: ({ newest }) => newest.code as typeof VerificationCode.$inferType,
    }),
    ip: t.string({
      nullable: true,
      description: 'The client’s address at the newest, where it was given',
      resolve: ({ newest }) => newest.ip,
    }),
    count: t.exposeInt('count', { description: 'Refusals of this key and code since the previous event' }),
    occurredAt: t.field({
      type: 'DateTime',
      description: 'When the newest was',
      resolve: ({ newest }) => newest.at,
    }),
  }),
});

const ApiKeyChangeType = builder.enumType('ApiKeyChangeType', {
  description: 'What happened to a key',
  values: {
    CREATED: { description: 'It was made' },
    UPDATED: { description: 'Its name, policy or state was changed' },
    ROTATED: { description: 'It got a new secret' },
    SECRET_REVOKED: { description: 'One of its secrets was revoked' },
    REVOKED: { description: 'It was revoked' },
    EXPIRED: { description: 'It reached its expiry' },
  },
});

const TYPE_NAMES = {
  CREATED: 'ApiKeyCreated',
  UPDATED: 'ApiKeyUpdated',
  ROTATED: 'ApiKeyRotated',
  SECRET_REVOKED: 'ApiKeySecretRevoked',
  REVOKED: 'ApiKeyRevoked',
  EXPIRED: 'ApiKeyExpired',
} as const;

const ApiKeyChange = builder.interfaceRef<ChangeEvent>('ApiKeyChange').implement({
  description: 'A change of a key’s life',
  resolveType: (change) => TYPE_NAMES[changeTypeOf(change.action) ?? 'UPDATED'],
  fields: (t) => ({
    cursor: t.string({
      description: 'Pass the last one seen as `after` to miss nothing',
      resolve: (change) => encodeCursor(change.organizationId, change.sequence),
    }),
    occurredAt: t.expose('occurredAt', { type: 'DateTime', description: 'When it took effect' }),
    actor: t.field({
      type: Actor,
      description: 'Who did it',
      resolve: (change, _args, ctx) => findActor(ctx, change.actor, change.organizationId),
    }),
    apiKey: t.field({
      type: ApiKeyRef,
      description: 'The key as it is now, which may be later than the change',
      resolve: (change) => change.targetId,
    }),
  }),
});

/** The value that a change recorded: before (0) or after (1). */
function recorded(change: ChangeEvent, field: string, side: 0 | 1): string {
  return String(change.changes[field]?.[side] ?? '');
}

builder.objectType(builder.objectRef<ChangeEvent>('ApiKeyCreated'), {
  description: 'A key was made',
  interfaces: [ApiKeyChange],
});

builder.objectType(builder.objectRef<ChangeEvent>('ApiKeyUpdated'), {
  description: 'A key’s name, policy or state was changed',
  interfaces: [ApiKeyChange],
  fields: (t) => ({
    changedFields: t.stringList({
      description: 'The fields that were changed, by their names in UpdateApiKeyInput',
      resolve: (change) => Object.keys(change.changes),
    }),
  }),
});

builder.objectType(builder.objectRef<ChangeEvent>('ApiKeyRotated'), {
  description: 'A key got a new secret',
  interfaces: [ApiKeyChange],
  fields: (t) => ({
    retiring: t.field({
      type: ApiKeySecretRef,
      description: 'The secret that was replaced',
      resolve: (change) => recorded(change, 'secretId', 0),
    }),
  }),
});

builder.objectType(builder.objectRef<ChangeEvent>('ApiKeySecretRevoked'), {
  description: 'One secret of a key was revoked',
  interfaces: [ApiKeyChange],
  fields: (t) => ({
    secret: t.field({
      type: ApiKeySecretRef,
      description: 'The secret',
      resolve: (change) => recorded(change, 'secretId', 0),
    }),
  }),
});

builder.objectType(builder.objectRef<ChangeEvent>('ApiKeyRevoked'), {
  description: 'A key was revoked',
  interfaces: [ApiKeyChange],
  fields: (t) => ({
    reason: t.string({
      nullable: true,
      description: 'Why, where a reason was given',
      resolve: (change) => recorded(change, 'reason', 1) || null,
    }),
  }),
});

builder.objectType(builder.objectRef<ChangeEvent>('ApiKeyExpired'), {
  description: 'A key reached its expiry',
  interfaces: [ApiKeyChange],
});

const ORGANIZATION = 'May be left out by an API key, or a user of a single organization';
const KEYS = 'Only of these keys, at most 500; left out: of all';

builder.subscriptionType({
  description: 'What happens, as it happens: over WebSocket (graphql-transport-ws) or Server-Sent Events',
  fields: (t) => ({
    apiKeyUsed: t.field({
      type: ApiKeyUsed,
      description:
        'Uses of keys as they happen: of each key at most one event in `minIntervalMs`, always the newest. Needs `api.key.view`',
      authScopes: { permission: 'api.key.view' },
      extensions: { source: usedSource },
      args: {
        organizationId: t.arg.id({ description: ORGANIZATION }),
        apiKeyIds: t.arg.idList({ description: KEYS }),
        minIntervalMs: t.arg.int({
          defaultValue: 1000,
          description: 'Shortest time between two events of a key: 100 to 60,000 milliseconds',
        }),
        since: t.arg({
          type: 'DateTime',
          description: 'First the present state of the keys used since then; left out: of none',
        }),
      },
      subscribe: (_root, args, ctx: GraphQLContext) => iterate(() => usedSource(ctx, args)),
      resolve: (event) => event,
    }),
    apiKeyChanged: t.field({
      type: ApiKeyChange,
      description:
        'Every change of keys, in order, none missed: with `after`, what was missed is sent first. Needs `api.key.view`',
      authScopes: { permission: 'api.key.view' },
      extensions: { source: changedSource },
      args: {
        organizationId: t.arg.id({ description: ORGANIZATION }),
        apiKeyIds: t.arg.idList({ description: KEYS }),
        types: t.arg({ type: [ApiKeyChangeType], description: 'Only these; left out: all' }),
        after: t.arg.string({ description: 'The cursor of the last change seen; left out: from now on' }),
      },
      subscribe: (_root, args, ctx: GraphQLContext) => iterate(() => changedSource(ctx, args)),
      resolve: (change) => change,
    }),
    apiKeyDenied: t.field({
      type: ApiKeyDenied,
      description:
        'Refused verifications, for alerts: of each key and code at most one event a second. Needs `api.key.view`',
      authScopes: { permission: 'api.key.view' },
      extensions: { source: deniedSource },
      args: {
        organizationId: t.arg.id({ description: ORGANIZATION }),
        apiKeyIds: t.arg.idList({ description: KEYS }),
        codes: t.arg({ type: [VerificationCode], description: 'Only these; left out: all' }),
      },
      subscribe: (_root, args, ctx: GraphQLContext) => iterate(() => deniedSource(ctx, args)),
      resolve: (event) => event,
    }),
  }),
});
