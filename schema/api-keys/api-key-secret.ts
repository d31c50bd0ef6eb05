import { secretStatusOf } from '../../src/keys/api-key.ts';
import { usageOfSecret } from '../../src/usage/secret-report.ts';
import { builder } from '../builder.ts';
import { nullIfMissing } from '../loaded.ts';
import { findsNode } from '../node.ts';
import { ApiKeyRef, ApiKeySecretRef } from '../refs.ts';
import { nullableTime } from '../scalars.ts';
import { shareRead } from '../shared-reads.ts';
import { USAGE_ARGS, UsageBucket, usageCost } from './usage.ts';

const SecretStatus = builder.enumType('SecretStatus', {
  description: 'Status of a secret',
  values: {
    ACTIVE: { description: 'The newest secret. It is accepted while its key is accepted' },
    RETIRING: { description: 'Replaced by a newer secret, and accepted until `expiresAt`' },
    EXPIRED: { description: 'The overlap after a rotation has passed, or the key has expired' },
    REVOKED: { description: 'The secret is permanently denied' },
  },
});

builder.objectType(ApiKeySecretRef, {
  description:
    'A credential of an API key. A rotation adds a secret. The secret itself is returned only once, when it is created',
  fields: (t) => ({
    start: t.exposeString('start', {
      description: 'The first characters of the secret, for identification only',
    }),
    status: t.field({
      type: SecretStatus,
      description: 'Status of the secret',
      resolve: (secret, _args, ctx) => secretStatusOf(secret, ctx.clock.now()),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the secret was created' }),
    expiresAt: t.expose(
      'expiresAt',
      nullableTime('When the overlap after a rotation ends. Null for the newest secret'),
    ),
    lastUsedAt: t.expose(
      'lastUsedAt',
      nullableTime('When the secret was last accepted. Null if it has never been used'),
    ),
    revokedAt: t.expose('revokedAt', nullableTime('When the secret was revoked. Null if it was not')),
    apiKey: t.field({
      type: ApiKeyRef,
      description: 'The key that the secret belongs to',
      resolve: ({ apiKeyId }) => apiKeyId,
    }),
    uses: t.expose('uses', { type: 'SafeInt', description: 'Number of accepted verifications' }),
    usage: t.field({
      type: [UsageBucket],
      nullable: true,
      description:
        'Usage of the secret, earliest first. Intervals without use are omitted. The range may span at most 1,000 intervals. Requires `api.key.view`',
      authScopes: ({ organizationId }) => ({ permissionIn: [organizationId, 'api.key.view'] }),
      complexity: usageCost,
      extensions: { costsByTheTime: true },
      args: USAGE_ARGS,
      resolve: ({ id }, range, ctx) =>
        shareRead(ctx, 'apiKeySecret.usage', [id, range], () => usageOfSecret(ctx, id, range)),
    }),
  }),
});

findsNode('ApiKeySecret', async (id, ctx) => {
  const secret = await ApiKeySecretRef.getDataloader(ctx).load(id).catch(nullIfMissing);
  if (!secret) return null;
  const key = await ApiKeyRef.getDataloader(ctx).load(secret.apiKeyId).catch(nullIfMissing);
  return key && ctx.principal?.can(key.organizationId, 'api.key.view') ? secret : null;
});
