import { verifyApiKey } from '../src/verification/verify-api-key.ts';
import { VerifyApiKeyInput } from './api-key-inputs.ts';
import { builder } from './builder.ts';
import { ApiKeyRef } from './refs.ts';

export const VerificationCode = builder.enumType('VerificationCode', {
  description: 'The outcome of a verification: the first of these that applies, in this order after VALID',
  values: {
    VALID: { description: 'Accepted' },
    MALFORMED: { description: 'Wrong form or checksum: no key of this service' },
    NOT_FOUND: { description: 'No such key, or another organization’s' },
    REVOKED: { description: 'The key or the secret was revoked' },
    DISABLED: { description: 'Somebody disabled the key' },
    EXPIRED: { description: 'The key has expired, or the overlap of a replaced secret has run out' },
    IP_NOT_ALLOWED: { description: 'The client’s address is not in the key’s allowlist, or was not given' },
    TEAM_NOT_ALLOWED: { description: 'The key is bound to other teams' },
    WRONG_ENVIRONMENT: { description: 'The key is of the other environment' },
    INSUFFICIENT_PERMISSIONS: { description: 'The key lacks one of the permissions' },
    RATE_LIMITED: {
      description:
        'The key has reached its rate limit, or too many secrets failed from this address; `resetAt` is when the window ends',
    },
  },
});

type Verification = Awaited<ReturnType<typeof verifyApiKey>>;

const VerifyApiKeyPayload = builder.objectRef<Verification>('VerifyApiKeyPayload').implement({
  description: 'Whether to let the client in',
  fields: (t) => ({
    valid: t.exposeBoolean('valid', {
      complexity: 0,
      description: 'Whether the key is accepted: `code` is VALID',
    }),
    code: t.expose('code', { complexity: 0, type: VerificationCode, description: 'Why' }),
    message: t.exposeString('message', {
      complexity: 0,
      description: 'What an operator needs to know, without any part of the secret',
    }),
    apiKey: t.field({
      type: ApiKeyRef,
      nullable: true,
      description: 'The key; null where it is unknown, or another organization’s',
      // Read only where it is asked for.
      resolve: ({ keyId }) => keyId,
    }),
    remaining: t.exposeInt('remaining', {
      complexity: 0,
      nullable: true,
      description: 'Verifications left in the rate-limit window; null without a limit',
    }),
    resetAt: t.expose('resetAt', {
      complexity: 0,
      type: 'DateTime',
      nullable: true,
      description: 'When the rate-limit window ends; null without a limit',
    }),
  }),
});

builder.mutationField('verifyApiKey', (t) =>
  t.field({
    type: VerifyApiKeyPayload,
    nullable: true,
    description: 'Says whether to let a client in that presents this secret. Needs `api.key.verify`',
    authScopes: { permission: 'api.key.verify' },
    args: { input: t.arg({ type: VerifyApiKeyInput, required: true, description: 'What was presented' }) },
    resolve: (_root, { input }, ctx) => verifyApiKey(ctx, input),
  }),
);
