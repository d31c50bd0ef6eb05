import { secretStatusOf } from '../src/keys/api-key.ts';
import { builder } from './builder.ts';
import { nullIfMissing } from './loaded.ts';
import { findsNode } from './node.ts';
import { ApiKeyRef, ApiKeySecretRef } from './refs.ts';

const SecretStatus = builder.enumType('SecretStatus', {
  description: 'Whether a secret is accepted',
  values: {
    ACTIVE: { description: 'The newest: accepted as long as its key is' },
    RETIRING: { description: 'Replaced by a newer one, still accepted until `expiresAt`' },
    EXPIRED: { description: 'Its overlap has run out, or its key has expired' },
    REVOKED: { description: 'Refused for ever' },
  },
});

builder.objectType(ApiKeySecretRef, {
  description: 'A credential of a key; a rotation adds one. The secret itself is shown once, when it is made',
  fields: (t) => ({
    start: t.exposeString('start', {
      description: 'Its first characters: enough to know it again, too few to use it',
    }),
    status: t.field({
      type: SecretStatus,
      description: 'Whether it is accepted',
      resolve: (secret, _args, ctx) => secretStatusOf(secret, ctx.clock.now()),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'End of its overlap after a rotation; null for the newest',
    }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Its last accepted verification; null: none yet',
    }),
    revokedAt: t.expose('revokedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was revoked; null if it was not',
    }),
    apiKey: t.field({
      type: ApiKeyRef,
      description: 'The key that the secret belongs to',
      resolve: ({ apiKeyId }) => apiKeyId,
    }),
    uses: t.expose('uses', { type: 'SafeInt', description: 'Accepted verifications so far' }),
  }),
});

findsNode('ApiKeySecret', async (id, ctx) => {
  const secret = await ApiKeySecretRef.getDataloader(ctx).load(id).catch(nullIfMissing);
  if (!secret) return null;
  const key = await ApiKeyRef.getDataloader(ctx).load(secret.apiKeyId).catch(nullIfMissing);
  return key && ctx.principal?.can(key.organizationId, 'api.key.view') ? secret : null;
});
