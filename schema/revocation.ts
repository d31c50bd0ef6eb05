import type { Propagation } from '../src/cluster/bus.ts';
import { ConflictError, NotFoundError, ValidationError } from '../src/core/errors.ts';
import type { ApiKey } from '../src/keys/api-key.ts';
import { revokeApiKey } from '../src/keys/revoke-api-key.ts';
import { revokeApiKeySecret } from '../src/keys/revoke-api-key-secret.ts';
import { revokeApiKeys } from '../src/keys/revoke-api-keys.ts';
import { RevokeApiKeyInput, RevokeApiKeySecretInput, RevokeApiKeysInput } from './api-key-inputs.ts';
import { builder } from './builder.ts';
import { PROPAGATION_FIELD } from './propagation.ts';
import { ApiKeyRef } from './refs.ts';

interface Revoked {
  readonly apiKey: ApiKey;
  readonly propagation: Propagation;
}

function payload(name: string, description: string) {
  return builder.objectRef<Revoked>(name).implement({
    description,
    fields: (t) => ({
      apiKey: t.expose('apiKey', { type: ApiKeyRef, description: 'The updated key' }),
      propagation: t.expose('propagation', PROPAGATION_FIELD),
    }),
  });
}

const RevokeApiKeyPayload = payload('RevokeApiKeyPayload', 'Result of revoking an API key');
const RevokeApiKeySecretPayload = payload('RevokeApiKeySecretPayload', 'Result of revoking a secret');

const RevokeApiKeysPayload = builder
  .objectRef<{ apiKeys: ApiKey[]; propagation: Propagation }>('RevokeApiKeysPayload')
  .implement({
    description: 'Result of revoking several API keys',
    fields: (t) => ({
      apiKeys: t.expose('apiKeys', {
        type: [ApiKeyRef],
        description: 'The revoked keys, in the order of `ids`',
      }),
      propagation: t.expose('propagation', PROPAGATION_FIELD),
    }),
  });

builder.mutationFields((t) => ({
  revokeApiKey: t.field({
    type: RevokeApiKeyPayload,
    nullable: true,
    description:
      'Revokes an API key and all its secrets, immediately and permanently. Requires `api.key.delete`',
    authScopes: { permission: 'api.key.delete' },
    errors: {
      types: [NotFoundError, ConflictError],
      union: { name: 'RevokeApiKeyResult', description: 'The revoked key, or an error' },
    },
    args: { input: t.arg({ type: RevokeApiKeyInput, required: true, description: 'The key to revoke' }) },
    resolve: async (_root, { input }, ctx) => {
      const { result, propagation } = await revokeApiKey(ctx, input);
      return { apiKey: result, propagation };
    },
  }),
  revokeApiKeys: t.field({
    type: RevokeApiKeysPayload,
    nullable: true,
    description: 'Revokes up to 500 API keys: either all of them or none. Requires `api.key.delete`',
    authScopes: { permission: 'api.key.delete' },
    errors: {
      types: [ValidationError, NotFoundError, ConflictError],
      union: { name: 'RevokeApiKeysResult', description: 'The revoked keys, or an error' },
    },
    args: { input: t.arg({ type: RevokeApiKeysInput, required: true, description: 'The keys to revoke' }) },
    resolve: async (_root, { input }, ctx) => {
      const { result, propagation } = await revokeApiKeys(ctx, input);
      return { apiKeys: result, propagation };
    },
  }),
  revokeApiKeySecret: t.field({
    type: RevokeApiKeySecretPayload,
    nullable: true,
    description:
      'Revokes one secret of a key, immediately and permanently. Requires `api.key.update`. An API key can revoke a current ' +
      'secret whose predecessor is still accepted only if it authenticates with that current secret',
    authScopes: { permission: 'api.key.update' },
    errors: {
      types: [NotFoundError, ConflictError],
      union: { name: 'RevokeApiKeySecretResult', description: 'The key of the revoked secret, or an error' },
    },
    args: {
      input: t.arg({ type: RevokeApiKeySecretInput, required: true, description: 'The secret to revoke' }),
    },
    resolve: async (_root, { input }, ctx) => {
      const { result, propagation } = await revokeApiKeySecret(ctx, input);
      return { apiKey: result, propagation };
    },
  }),
}));
