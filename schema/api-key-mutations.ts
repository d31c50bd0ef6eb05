import type { Propagation } from '../src/cluster/bus.ts';
import {
  ConflictError,
  EscalationError,
  LimitExceededError,
  NotFoundError,
  ValidationError,
} from '../src/core/errors.ts';
import type { ApiKey, ApiKeySecret } from '../src/keys/api-key.ts';
import { createApiKey } from '../src/keys/create-api-key.ts';
import { rotateApiKey } from '../src/keys/rotate-api-key.ts';
import { updateApiKey } from '../src/keys/update-api-key.ts';
import { CreateApiKeyInput, RotateApiKeyInput, UpdateApiKeyInput } from './api-key-inputs.ts';
import { builder } from './builder.ts';
import { PROPAGATION_FIELD } from './propagation.ts';
import { ApiKeyRef, ApiKeySecretRef } from './refs.ts';

const SECRET_DESCRIPTION = 'The new secret. It is returned in this response only';

const CreateApiKeyPayload = builder
  .objectRef<{ apiKey: ApiKey; secret: string }>('CreateApiKeyPayload')
  .implement({
    description: 'Result of creating an API key',
    fields: (t) => ({
      apiKey: t.expose('apiKey', { type: ApiKeyRef, description: 'The new key' }),
      secret: t.exposeString('secret', { description: SECRET_DESCRIPTION }),
    }),
  });

const UpdateApiKeyPayload = builder
  .objectRef<{ apiKey: ApiKey; propagation: Propagation }>('UpdateApiKeyPayload')
  .implement({
    description: 'Result of updating an API key',
    fields: (t) => ({
      apiKey: t.expose('apiKey', { type: ApiKeyRef, description: 'The updated key' }),
      propagation: t.expose('propagation', PROPAGATION_FIELD),
    }),
  });

const RotateApiKeyPayload = builder
  .objectRef<{ apiKey: ApiKey; secret: string; retiring: ApiKeySecret; propagation: Propagation }>(
    'RotateApiKeyPayload',
  )
  .implement({
    description: 'Result of rotating an API key',
    fields: (t) => ({
      apiKey: t.expose('apiKey', { type: ApiKeyRef, description: 'The key. Only its secrets have changed' }),
      secret: t.exposeString('secret', { description: SECRET_DESCRIPTION }),
      retiring: t.expose('retiring', {
        type: ApiKeySecretRef,
        description: 'The previous secret, accepted until its `expiresAt`',
      }),
      propagation: t.expose('propagation', PROPAGATION_FIELD),
    }),
  });

builder.mutationFields((t) => ({
  createApiKey: t.field({
    type: CreateApiKeyPayload,
    nullable: true,
    description: 'Creates an API key. Requires `api.key.create` and every permission the key will have',
    authScopes: { permission: 'api.key.create' },
    errors: {
      types: [ValidationError, NotFoundError, LimitExceededError, EscalationError],
      union: { name: 'CreateApiKeyResult', description: 'The new key with its secret, or an error' },
    },
    args: { input: t.arg({ type: CreateApiKeyInput, required: true, description: 'The key to create' }) },
    resolve: async (_root, { input }, ctx) => (await createApiKey(ctx, input)).result,
  }),
  updateApiKey: t.field({
    type: UpdateApiKeyPayload,
    nullable: true,
    description:
      'Updates an API key. Its secrets don’t change. Requires `api.key.update` and every permission the key has and will have',
    authScopes: { permission: 'api.key.update' },
    errors: {
      types: [ValidationError, NotFoundError, ConflictError, LimitExceededError, EscalationError],
      union: { name: 'UpdateApiKeyResult', description: 'The updated key, or an error' },
    },
    args: { input: t.arg({ type: UpdateApiKeyInput, required: true, description: 'The changes to make' }) },
    resolve: async (_root, { input }, ctx) => {
      const { result, propagation } = await updateApiKey(ctx, input);
      return { apiKey: result, propagation };
    },
  }),
  rotateApiKey: t.field({
    type: RotateApiKeyPayload,
    nullable: true,
    description:
      'Creates a new secret for an API key and retires the current one. Requires `api.key.update` and every permission the key has',
    authScopes: { permission: 'api.key.update' },
    errors: {
      types: [ValidationError, NotFoundError, ConflictError, EscalationError],
      union: { name: 'RotateApiKeyResult', description: 'The new secret, or an error' },
    },
    args: { input: t.arg({ type: RotateApiKeyInput, required: true, description: 'The key to rotate' }) },
    resolve: async (_root, { input }, ctx) => {
      const { result, propagation } = await rotateApiKey(ctx, input);
      return { ...result, propagation };
    },
  }),
}));
