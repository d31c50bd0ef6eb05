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
import { PROPAGATION_SHOWN } from './propagation.ts';
import { ApiKeyRef, ApiKeySecretRef } from './refs.ts';

const SHOWN_ONCE = 'The secret: shown in this answer, and never again';

const CreateApiKeyPayload = builder
  .objectRef<{ apiKey: ApiKey; secret: string }>('CreateApiKeyPayload')
  .implement({
    description: 'The key was made',
    fields: (t) => ({
      apiKey: t.expose('apiKey', { type: ApiKeyRef, description: 'The new key' }),
      secret: t.exposeString('secret', { description: SHOWN_ONCE }),
    }),
  });

const UpdateApiKeyPayload = builder
  .objectRef<{ apiKey: ApiKey; propagation: Propagation }>('UpdateApiKeyPayload')
  .implement({
    description: 'The key was changed',
    fields: (t) => ({
      apiKey: t.expose('apiKey', { type: ApiKeyRef, description: 'The key as it is now' }),
      propagation: t.expose('propagation', PROPAGATION_SHOWN),
    }),
  });

const RotateApiKeyPayload = builder
  .objectRef<{ apiKey: ApiKey; secret: string; retiring: ApiKeySecret; propagation: Propagation }>(
    'RotateApiKeyPayload',
  )
  .implement({
    description: 'The key has a new secret',
    fields: (t) => ({
      apiKey: t.expose('apiKey', { type: ApiKeyRef, description: 'The key, otherwise as it was' }),
      secret: t.exposeString('secret', { description: SHOWN_ONCE }),
      retiring: t.expose('retiring', { type: ApiKeySecretRef, description: 'The secret that was replaced' }),
      propagation: t.expose('propagation', PROPAGATION_SHOWN),
    }),
  });

builder.mutationFields((t) => ({
  createApiKey: t.field({
    type: CreateApiKeyPayload,
    nullable: true,
    description: 'Makes a key. Needs `api.key.create`, and everything that the key will hold',
    authScopes: { permission: 'api.key.create' },
    errors: {
      types: [ValidationError, NotFoundError, LimitExceededError, EscalationError],
      union: { name: 'CreateApiKeyResult', description: 'The new key with its secret, or why there is none' },
    },
    args: { input: t.arg({ type: CreateApiKeyInput, required: true, description: 'What to make' }) },
    resolve: async (_root, { input }, ctx) => (await createApiKey(ctx, input)).result,
  }),
  updateApiKey: t.field({
    type: UpdateApiKeyPayload,
    nullable: true,
    description:
      'Changes a key, never its secret. Needs `api.key.update`, and everything that the key holds and will hold',
    authScopes: { permission: 'api.key.update' },
    errors: {
      types: [ValidationError, NotFoundError, ConflictError, LimitExceededError, EscalationError],
      union: { name: 'UpdateApiKeyResult', description: 'The key, or why it stayed as it was' },
    },
    args: { input: t.arg({ type: UpdateApiKeyInput, required: true, description: 'What to change' }) },
    resolve: async (_root, { input }, ctx) => {
      const { result, propagation } = await updateApiKey(ctx, input);
      return { apiKey: result, propagation };
    },
  }),
  rotateApiKey: t.field({
    type: RotateApiKeyPayload,
    nullable: true,
    description: 'Gives a key a new secret. Needs `api.key.update`, and everything that the key holds',
    authScopes: { permission: 'api.key.update' },
    errors: {
      types: [ValidationError, NotFoundError, ConflictError, EscalationError],
      union: { name: 'RotateApiKeyResult', description: 'The new secret, or why there is none' },
    },
    args: { input: t.arg({ type: RotateApiKeyInput, required: true, description: 'What to rotate' }) },
    resolve: async (_root, { input }, ctx) => {
      const { result, propagation } = await rotateApiKey(ctx, input);
      return { ...result, propagation };
    },
  }),
}));
