import type { FieldMap } from '@pothos/core';
import type { ChangeEvent, DenialEvent, UseEvent } from '../src/changes/events.ts';
import type { ApiKey } from '../src/keys/api-key.ts';
import type { Counted } from '../src/realtime/channels.ts';
import { encodeCursor } from '../src/realtime/cursor.ts';
import { changedSource, changeTypeOf, deniedSource, usedSource } from '../src/realtime/sources.ts';
import { VerificationCode } from './api-keys/verification.ts';
import { builder } from './builder.ts';
import { ORGANIZATION_ID } from './organizations/missing-organization.ts';
import { Actor, findActor } from './people/actor.ts';
import { ApiKeyRef, ApiKeySecretRef } from './refs.ts';

const ApiKeyUsed = builder.objectRef<Counted<UseEvent>>('ApiKeyUsed').implement({
  description: 'An API key was used: a verification was accepted',
  fields: (t) => ({
    apiKey: t.field({
      type: ApiKeyRef,
      description: 'The key, with this use as its last use',
      resolve: ({ newest }, _args, ctx) => {
        // The key may be used again while it is loaded.
        const asUsed = (apiKey: ApiKey) => ({ ...apiKey, lastUsedAt: newest.at, lastUsedIp: newest.ip });
        // `readKey` ignores team scopes, so a caller limited to teams goes through the data loader.
        const atOnce = ctx.principal?.keyScope === null ? ctx.live.readKey?.(newest.keyId) : null;
        return atOnce ? asUsed(atOnce) : ApiKeyRef.getDataloader(ctx).load(newest.keyId).then(asUsed);
      },
    }),
    lastUsedAt: t.field({
      type: 'DateTime',
      description: 'When the key was used',
      resolve: ({ newest }) => newest.at,
    }),
    lastUsedIp: t.string({
      nullable: true,
      description: 'IP address of the client. Null if it was not provided',
      resolve: ({ newest }) => newest.ip,
    }),
    secretId: t.id({
      description:
        'ID of the secret that was used. Shows whether clients have switched to a new secret after a rotation',
      resolve: ({ newest }) => newest.secretId,
    }),
    secret: t.field({
      type: ApiKeySecretRef,
      description: 'The secret that was used, with this use as its last use',
      resolve: async ({ newest }, _args, ctx) => ({
        ...(await ApiKeySecretRef.getDataloader(ctx).load(newest.secretId)),
        lastUsedAt: newest.at,
      }),
    }),
    count: t.exposeInt('count', {
      description:
        'Number of uses since the previous event of this key on this subscription. 0 for the initial state that `since` requests',
    }),
  }),
});

const ApiKeyDenied = builder.objectRef<Counted<DenialEvent>>('ApiKeyDenied').implement({
  description: 'A verification was denied',
  fields: (t) => ({
    apiKey: t.field({
      type: ApiKeyRef,
      nullable: true,
      description: 'The key. Null if there is no such key',
      resolve: ({ newest }) => newest.keyId,
    }),
    code: t.field({
      type: VerificationCode,
      description: 'Reason for the denial',
      resolve: ({ newest }) => newest.code as typeof VerificationCode.$inferType,
    }),
    ip: t.string({
      nullable: true,
      description: 'IP address of the client at the latest denial. Null if it was not provided',
      resolve: ({ newest }) => newest.ip,
    }),
    count: t.exposeInt('count', {
      description: 'Number of denials with this key and code since the previous event',
    }),
    occurredAt: t.field({
      type: 'DateTime',
      description: 'When the latest denial occurred',
      resolve: ({ newest }) => newest.at,
    }),
  }),
});

const ApiKeyChangeType = builder.enumType('ApiKeyChangeType', {
  description: 'Type of a change to an API key',
  values: {
    CREATED: { description: 'The key was created' },
    UPDATED: { description: 'A property of the key was changed' },
    ROTATED: { description: 'The key was rotated' },
    SECRET_REVOKED: { description: 'A secret of the key was revoked' },
    REVOKED: { description: 'The key was revoked' },
    EXPIRED: { description: 'The key expired' },
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
  description: 'A change to an API key',
  resolveType: (change) => TYPE_NAMES[changeTypeOf(change.action) ?? 'UPDATED'],
  fields: (t) => ({
    cursor: t.string({
      description:
        'Cursor of the change. Pass the last one you received as `after` to resume without missing changes',
      resolve: (change) => encodeCursor(change.organizationId, change.sequence),
    }),
    occurredAt: t.expose('occurredAt', { type: 'DateTime', description: 'When the change took effect' }),
    actor: t.field({
      type: Actor,
      description: 'Who made the change',
      resolve: (change, _args, ctx) => findActor(ctx, change.actor, change.organizationId),
    }),
    apiKey: t.field({
      type: ApiKeyRef,
      description: 'The key in its current state, which may already include later changes',
      resolve: (change) => change.targetId,
    }),
  }),
});

/** A recorded value of a changed field: before (0) or after (1). */
function recorded(change: ChangeEvent, field: string, side: 0 | 1): string {
  return String(change.changes[field]?.[side] ?? '');
}

function changeType(
  name: string,
  description: string,
  fields: (
    t: PothosSchemaTypes.ObjectFieldBuilder<typeof builder.$inferSchemaTypes, ChangeEvent>,
  ) => FieldMap = () => ({}),
) {
  builder.objectType(builder.objectRef<ChangeEvent>(name), {
    description,
    interfaces: [ApiKeyChange],
    fields,
  });
}

changeType('ApiKeyCreated', 'An API key was created');

changeType('ApiKeyUpdated', 'A property of an API key was changed', (t) => ({
  changedFields: t.stringList({
    description: 'Names of the changed fields, as in `UpdateApiKeyInput`',
    resolve: (change) => Object.keys(change.changes),
  }),
}));

changeType('ApiKeyRotated', 'An API key was rotated', (t) => ({
  retiring: t.field({
    type: ApiKeySecretRef,
    description: 'The secret that was replaced',
    resolve: (change) => recorded(change, 'secretId', 0),
  }),
}));

changeType('ApiKeySecretRevoked', 'A secret of an API key was revoked', (t) => ({
  secret: t.field({
    type: ApiKeySecretRef,
    description: 'The revoked secret',
    resolve: (change) => recorded(change, 'secretId', 0),
  }),
}));

changeType('ApiKeyRevoked', 'An API key was revoked', (t) => ({
  reason: t.string({
    nullable: true,
    description: 'Reason for the revocation. Null if none was provided',
    resolve: (change) => recorded(change, 'reason', 1) || null,
  }),
}));

changeType('ApiKeyExpired', 'An API key expired');

const KEYS = 'Only events of the keys with these IDs, at most 500. Omit for all keys';

/** Required by Pothos. Instead, the server opens the field's `source` and executes each event once for all who share it. */
export function subscribe(): AsyncIterable<never> {
  throw new Error('Subscriptions are served from the source of their field');
}

builder.subscriptionType({
  description: 'Root type of subscriptions, over WebSocket (graphql-transport-ws) or Server-Sent Events',
  fields: (t) => ({
    apiKeyUsed: t.field({
      type: ApiKeyUsed,
      description:
        'Sends an event when an API key is used. Events are coalesced: at most one event per key in `minIntervalMs`, with the latest use. Requires `api.key.view`',
      authScopes: { permission: 'api.key.view' },
      extensions: { source: usedSource },
      args: {
        organizationId: t.arg.id({ description: ORGANIZATION_ID }),
        apiKeyIds: t.arg.idList({ description: KEYS }),
        minIntervalMs: t.arg.int({
          defaultValue: 1000,
          description: 'Minimum time between two events of a key, in milliseconds: 100 to 60,000',
        }),
        since: t.arg({
          type: 'DateTime',
          description:
            'Sends the current state of all keys used since this time first. Omit for no initial state',
        }),
      },
      subscribe,
      resolve: (event) => event,
    }),
    apiKeyChanged: t.field({
      type: ApiKeyChange,
      description:
        'Sends every change to API keys, in order. With `after`, the changes since that cursor are sent first, so that none is missed. Requires `api.key.view`',
      authScopes: { permission: 'api.key.view' },
      extensions: { source: changedSource },
      args: {
        organizationId: t.arg.id({ description: ORGANIZATION_ID }),
        apiKeyIds: t.arg.idList({ description: KEYS }),
        types: t.arg({ type: [ApiKeyChangeType], description: 'Only these types. Omit for all' }),
        after: t.arg.string({
          description: 'Cursor of the last change you received. Omit for new changes only',
        }),
      },
      subscribe,
      resolve: (change) => change,
    }),
    apiKeyDenied: t.field({
      type: ApiKeyDenied,
      description:
        'Sends an event when a verification is denied, for alerting. Events are coalesced: at most one per second for each key and code. Requires `api.key.view`',
      authScopes: { permission: 'api.key.view' },
      extensions: { source: deniedSource },
      args: {
        organizationId: t.arg.id({ description: ORGANIZATION_ID }),
        apiKeyIds: t.arg.idList({ description: KEYS }),
        codes: t.arg({ type: [VerificationCode], description: 'Only these codes. Omit for all' }),
      },
      subscribe,
      resolve: (event) => event,
    }),
  }),
});
