import type { Propagation } from '../src/cluster/bus.ts';
import { ConflictError, NotFoundError, ValidationError } from '../src/core/errors.ts';
import type { ApiKey } from '../src/keys/api-key.ts';
import { revokeApiKey } from '../src/keys/revoke-api-key.ts';
import { revokeApiKeySecret } from '../src/keys/revoke-api-key-secret.ts';
import { revokeApiKeys } from '../src/keys/revoke-api-keys.ts';
import { RevokeApiKeyInput, RevokeApiKeySecretInput, RevokeApiKeysInput } from './api-key-inputs.ts';
import { builder } from './builder.ts';
import { PROPAGATION_SHOWN } from './propagation.ts';
import { ApiKeyRef } from './refs.ts';

interface Revoked {
  readonly apiKey: ApiKey;
  readonly propagation: Propagation;
}

function payload(name: string, description: string) {
  return builder.objectRef<Revoked>(name).implement({
    description,
    fields: (t) => ({
      apiKey: t.expose('apiKey', { type: ApiKeyRef, description: 'The key as it is now' }),
      propagation: t.expose('propagation', PROPAGATION_SHOWN),
    }),
  });
}

const RevokeApiKeyPayload = payload('RevokeApiKeyPayload', 'The key was revoked');
const RevokeApiKeySecretPayload = payload('RevokeApiKeySecretPayload', 'The secret was revoked');

const RevokeApiKeysPayload = builder
  .objectRef<{ apiKeys: ApiKey[]; propagation: Propagation }>('RevokeApiKeysPayload')
  .implement({
    description: 'All of the keys were revoked',
    fields: (t) => ({
      apiKeys: t.expose('apiKeys', {
        type: [ApiKeyRef],
        description: 'The keys, in the order of their ids in the input',
      }),
      propagation: t.expose('propagation', PROPAGATION_SHOWN),
    }),
  });

builder.mutationFields((t) => ({
  revokeApiKey: t.field({
    type: RevokeApiKeyPayload,
    nullable: true,
    description: 'Revokes a key and all its secrets, immediately and permanently. Requires `api.key.delete`',
    authScopes: { permission: 'api.key.delete' },
    errors: {
      types: [NotFoundError, ConflictError],
      union: { name: 'RevokeApiKeyResult', description: 'The revoked key, or why it stayed as it was' },
    },
    args: { input: t.arg({ type: RevokeApiKeyInput, required: true, description: 'What to end' }) },
    resolve: async (_root, { input }, ctx) => {
      const { result, propagation } = await revokeApiKey(ctx, input);
      return { apiKey: result, propagation };
    },
  }),
  revokeApiKeys: t.field({
    type: RevokeApiKeysPayload,
    nullable: true,
    description: 'Ends several keys: all of them or none. Needs `api.key.delete`',
    authScopes: { permission: 'api.key.delete' },
    errors: {
      types: [ValidationError, NotFoundError, ConflictError],
      union: { name: 'RevokeApiKeysResult', description: 'The revoked keys, or why all stayed as they were' },
    },
    args: { input: t.arg({ type: RevokeApiKeysInput, required: true, description: 'What to end' }) },
    resolve: async (_root, { input }, ctx) => {
      const { result, propagation } = await revokeApiKeys(ctx, input);
      return { apiKeys: result, propagation };
    },
  }),
  revokeApiKeySecret: t.field({
    type: RevokeApiKeySecretPayload,
    nullable: true,
    description:
      'Revokes one secret of a key, immediately and permanently. Requires `api.key.update`. No API key can revoke a current ' +
      'secret while its predecessor is still accepted, except one that authenticates with that current secret',
    authScopes: { permission: 'api.key.update' },
    errors: {
      types: [NotFoundError, ConflictError],
      union: { name: 'RevokeApiKeySecretResult', description: 'Its key, or why the secret stayed as it was' },
    },
    args: { input: t.arg({ type: RevokeApiKeySecretInput, required: true, description: 'What to end' }) },
    resolve: async (_root, { input }, ctx) => {
      const { result, propagation } = await revokeApiKeySecret(ctx, input);
      return { apiKey: result, propagation };
    },
  }),
}));
