import { ConflictError, NotFoundError, ValidationError } from '../../src/core/errors.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { revokeApiKeySecret } from '../../src/keys/revoke-api-key-secret.ts';
import { revokeApiKeys } from '../../src/keys/revoke-api-keys.ts';
import { mutation } from '../mutation.ts';
import { PROPAGATION_FIELD } from '../propagation.ts';
import { ApiKeyRef } from '../refs.ts';

const REASON = { description: 'Reason for the revocation, recorded in the audit log: up to 500 characters' };

const updatedKey = { type: ApiKeyRef, description: 'The updated key' } as const;

mutation('revokeApiKey', {
  description:
    'Revokes an API key and all its secrets, immediately and permanently. Revoking it again succeeds with the first result. Requires `api.key.delete`',
  permission: 'api.key.delete',
  argument: 'The key to revoke',
  input: (t) => ({
    id: t.id({ required: true, description: 'ID of the key: `key_…`' }),
    reason: t.string(REASON),
  }),
  errors: [NotFoundError, ConflictError],
  result: 'The revoked key, or an error',
  resolve: async (ctx, input) => {
    const { result, propagation } = await revokeApiKey(ctx, input);
    return { apiKey: result, propagation };
  },
  payload: {
    description: 'Result of revoking an API key',
    fields: (t) => ({
      apiKey: t.expose('apiKey', updatedKey),
      propagation: t.expose('propagation', PROPAGATION_FIELD),
    }),
  },
});

mutation('revokeApiKeys', {
  description:
    'Revokes up to 500 API keys: either all of them or none. Keys that are already revoked keep their first result. Requires `api.key.delete`',
  permission: 'api.key.delete',
  argument: 'The keys to revoke',
  input: (t) => ({
    ids: t.idList({
      required: true,
      description: 'IDs of 1 to 500 keys. Either all of them are revoked or none',
    }),
    reason: t.string(REASON),
  }),
  errors: [ValidationError, NotFoundError, ConflictError],
  result: 'The revoked keys, or an error',
  resolve: async (ctx, input) => {
    const { result, propagation } = await revokeApiKeys(ctx, input);
    return { apiKeys: result, propagation };
  },
  count: ({ ids }) => ids.length,
  payload: {
    description: 'Result of revoking several API keys',
    fields: (t) => ({
      apiKeys: t.expose('apiKeys', {
        type: [ApiKeyRef],
        description: 'The revoked keys, in the order of `ids`',
        // The mutation has counted them.
        complexity: { multiplier: 1 },
      }),
      propagation: t.expose('propagation', PROPAGATION_FIELD),
    }),
  },
});

mutation('revokeApiKeySecret', {
  description:
    'Revokes one secret of a key, immediately and permanently. Revoking it again succeeds. Requires `api.key.update`. An API key can revoke a current ' +
    'secret whose predecessor is still accepted only if it authenticates with that current secret',
  permission: 'api.key.update',
  argument: 'The secret to revoke',
  input: (t) => ({ id: t.id({ required: true, description: 'ID of the secret: `sec_…`' }) }),
  errors: [NotFoundError, ConflictError],
  result: 'The key of the revoked secret, or an error',
  resolve: async (ctx, input) => {
    const { result, propagation } = await revokeApiKeySecret(ctx, input);
    return { apiKey: result, propagation };
  },
  payload: {
    description: 'Result of revoking a secret',
    fields: (t) => ({
      apiKey: t.expose('apiKey', updatedKey),
      propagation: t.expose('propagation', PROPAGATION_FIELD),
    }),
  },
});
