import {
  ConflictError,
  EscalationError,
  LimitExceededError,
  NotFoundError,
  ValidationError,
} from '../../src/core/errors.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { rotateApiKey } from '../../src/keys/rotate-api-key.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { updateApiKeys } from '../../src/keys/update-api-keys.ts';
import { builder } from '../builder.ts';
import { IDEMPOTENCY_KEY } from '../idempotency-key.ts';
import { mutation } from '../mutation.ts';
import { ORGANIZATION_ID } from '../organizations/missing-organization.ts';
import { PROPAGATION_FIELD } from '../propagation.ts';
import { ApiKeyRef, ApiKeySecretRef } from '../refs.ts';
import { Environment } from './api-key-list.ts';

export const RateLimitInput = builder.inputType('RateLimitInput', {
  description: 'Rate limit of an API key',
  fields: (t) => ({
    limit: t.int({ required: true, description: 'Accepted verifications per window: 1 to 1,000,000,000' }),
    windowSeconds: t.int({
      required: true,
      description: 'Length of the window in seconds: 1 to 2,592,000 (30 days)',
    }),
  }),
});

const SECRET = {
  description:
    'The new secret. It is returned only in this response, and in responses to repeated requests with the same idempotency key',
};

mutation('createApiKey', {
  description: 'Creates an API key. Requires `api.key.create` and every permission the key will have',
  permission: 'api.key.create',
  argument: 'The key to create',
  input: (t) => ({
    organizationId: t.id({ description: ORGANIZATION_ID }),
    name: t.string({
      required: true,
      description: 'Name of the key: 1 to 100 characters, without invisible characters',
    }),
    description: t.string({ description: 'Description of the key: up to 500 characters' }),
    environment: t.field({
      type: Environment,
      defaultValue: 'live',
      description: 'Environment of the key. It is part of the secret and can’t be changed',
    }),
    roleId: t.id({ description: 'ID of the role that the key is assigned' }),
    grants: t.field({
      type: ['Permission'],
      defaultValue: [],
      description: 'Permissions granted in addition to the role, up to 100. You must have each of them',
    }),
    teamIds: t.idList({
      defaultValue: [],
      description: 'IDs of the teams that the key is bound to, up to 50. Leave empty to allow all teams',
    }),
    ipAllowlist: t.field({
      type: ['CIDR'],
      defaultValue: [],
      description: 'Networks that the key may be used from, up to 100. Leave empty to allow any address',
    }),
    rateLimit: t.field({
      type: RateLimitInput,
      description: 'Rate limit of the key. Omit for no limit',
    }),
    externalId: t.string({ description: 'ID of the key’s owner in your own system: up to 200 characters' }),
    metadata: t.field({
      type: 'JSONObject',
      description: 'Your own data about the key: up to 16 KB of JSON',
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When the key expires. Omit for a key that doesn’t expire',
    }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY }),
  }),
  errors: [ValidationError, NotFoundError, ConflictError, LimitExceededError, EscalationError],
  result: 'The new key with its secret, or an error',
  resolve: async (ctx, input) => (await createApiKey(ctx, input)).result,
  payload: {
    description: 'Result of creating an API key',
    fields: (t) => ({
      apiKey: t.expose('apiKey', { type: ApiKeyRef, description: 'The new key' }),
      secret: t.exposeString('secret', SECRET),
    }),
  },
});

mutation('updateApiKey', {
  description:
    'Updates an API key. Its secrets don’t change. Requires `api.key.update` and every permission the key has and will have',
  permission: 'api.key.update',
  argument: 'The changes to make',
  note: 'Omitted fields keep their value; null clears a field',
  input: (t) => ({
    id: t.id({ required: true, description: 'ID of the key: `key_…`' }),
    name: t.string({ description: 'Name of the key: 1 to 100 characters. Can’t be null' }),
    description: t.string({ description: 'Description of the key: up to 500 characters' }),
    enabled: t.boolean({
      description:
        'Whether the key is enabled. A disabled key is denied until it is enabled again. Can’t be null',
    }),
    roleId: t.id({ description: 'ID of the role that the key is assigned' }),
    grants: t.field({
      type: ['Permission'],
      description: 'Permissions granted in addition to the role, up to 100',
    }),
    teamIds: t.idList({ description: 'IDs of the teams that the key is bound to, up to 50' }),
    ipAllowlist: t.field({
      type: ['CIDR'],
      description: 'Networks that the key may be used from, up to 100',
    }),
    rateLimit: t.field({ type: RateLimitInput, description: 'Rate limit of the key' }),
    externalId: t.string({ description: 'ID of the key’s owner in your own system: up to 200 characters' }),
    metadata: t.field({
      type: 'JSONObject',
      description: 'Your own data about the key: up to 16 KB of JSON. Replaces the previous value as a whole',
    }),
    expiresAt: t.field({ type: 'DateTime', description: 'When the key expires' }),
  }),
  errors: [ValidationError, NotFoundError, ConflictError, LimitExceededError, EscalationError],
  result: 'The updated key, or an error',
  resolve: async (ctx, input) => {
    const { result, propagation } = await updateApiKey(ctx, input);
    return { apiKey: result, propagation };
  },
  payload: {
    description: 'Result of updating an API key',
    fields: (t) => ({
      apiKey: t.expose('apiKey', { type: ApiKeyRef, description: 'The updated key' }),
      propagation: t.expose('propagation', PROPAGATION_FIELD),
    }),
  },
});

mutation('updateApiKeys', {
  description:
    'Enables or disables up to 500 API keys: either all of them or none. Nothing is recorded for keys that are enabled or disabled already. Requires `api.key.update` and every permission of the keys',
  permission: 'api.key.update',
  argument: 'The keys to enable or disable',
  input: (t) => ({
    ids: t.idList({ required: true, description: 'IDs of 1 to 500 keys: `key_…`' }),
    enabled: t.boolean({
      required: true,
      description: 'Whether the keys are enabled. Disabled keys are denied until they are enabled again',
    }),
  }),
  errors: [ValidationError, NotFoundError, ConflictError, LimitExceededError, EscalationError],
  result: 'The updated keys, or an error',
  resolve: async (ctx, input) => {
    const { result, propagation } = await updateApiKeys(ctx, input);
    return { apiKeys: result, propagation };
  },
  count: ({ ids }) => ids.length,
  payload: {
    description: 'Result of enabling or disabling several API keys',
    fields: (t) => ({
      apiKeys: t.expose('apiKeys', {
        type: [ApiKeyRef],
        description: 'The updated keys, in the order of `ids`',
        // The mutation has counted them.
        complexity: { multiplier: 1 },
      }),
      propagation: t.expose('propagation', PROPAGATION_FIELD),
    }),
  },
});

mutation('rotateApiKey', {
  description:
    'Creates a new secret for an API key and retires the current one. Requires `api.key.update` and every permission the key has',
  permission: 'api.key.update',
  argument: 'The key to rotate',
  input: (t) => ({
    id: t.id({ required: true, description: 'ID of the key: `key_…`' }),
    overlapSeconds: t.int({
      defaultValue: 86_400,
      description:
        'Seconds for which the previous secret is still accepted: 0 (it expires immediately) to 7,776,000 (90 days)',
    }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY }),
  }),
  errors: [ValidationError, NotFoundError, ConflictError, EscalationError],
  result: 'The new secret, or an error',
  resolve: async (ctx, input) => {
    const { result, propagation } = await rotateApiKey(ctx, input);
    return { ...result, propagation };
  },
  payload: {
    description: 'Result of rotating an API key',
    fields: (t) => ({
      apiKey: t.expose('apiKey', { type: ApiKeyRef, description: 'The key. Only its secrets have changed' }),
      secret: t.exposeString('secret', SECRET),
      retiring: t.expose('retiring', {
        type: ApiKeySecretRef,
        description: 'The previous secret, accepted until its `expiresAt`',
      }),
      propagation: t.expose('propagation', PROPAGATION_FIELD),
    }),
  },
});
