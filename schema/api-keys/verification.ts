import { verifyApiKey } from '../../src/verification-host/verify-api-key.ts';
import { builder } from '../builder.ts';
import { ApiKeyRef } from '../refs.ts';
import { Environment } from './api-key-list.ts';

export const VerificationCode = builder.enumType('VerificationCode', {
  description:
    'Outcome of a verification. If several reasons for denial apply, the first in this order is returned: MALFORMED, NOT_FOUND, REVOKED, DISABLED, EXPIRED, IP_NOT_ALLOWED, TEAM_NOT_ALLOWED, WRONG_ENVIRONMENT, INSUFFICIENT_PERMISSIONS, RATE_LIMITED',
  values: {
    VALID: { description: 'The key is accepted' },
    MALFORMED: { description: 'The format or the checksum is wrong: not a key of this service' },
    NOT_FOUND: { description: 'The key doesn’t exist or belongs to another organization' },
    REVOKED: { description: 'The key or the secret has been revoked' },
    DISABLED: { description: 'The key is disabled' },
    EXPIRED: { description: 'The key has expired, or the overlap of a replaced secret has passed' },
    IP_NOT_ALLOWED: {
      description: 'The client’s IP address is not in the key’s allowlist, or was not provided',
    },
    TEAM_NOT_ALLOWED: { description: 'The key is bound to other teams' },
    WRONG_ENVIRONMENT: { description: 'The key belongs to the other environment' },
    INSUFFICIENT_PERMISSIONS: {
      description: 'The key lacks a required permission, or has none of the alternative ones',
    },
    RATE_LIMITED: {
      description:
        'The key has reached its rate limit, or too many verifications from this address have failed. `resetAt` is when the window ends',
    },
  },
});

type Verification = Awaited<ReturnType<typeof verifyApiKey>>;

const VerifyApiKeyPayload = builder.objectRef<Verification>('VerifyApiKeyPayload').implement({
  description: 'Result of a verification',
  fields: (t) => ({
    valid: t.exposeBoolean('valid', {
      complexity: 0,
      description: 'Whether the key is accepted: true if `code` is VALID',
    }),
    code: t.expose('code', {
      complexity: 0,
      type: VerificationCode,
      description: 'Outcome of the verification',
    }),
    message: t.exposeString('message', {
      complexity: 0,
      description: 'Human-readable explanation for operators. Contains no part of the secret',
    }),
    apiKey: t.field({
      type: ApiKeyRef,
      nullable: true,
      description: 'The key. Null if it is unknown or belongs to another organization',
      // Loaded only if selected.
      resolve: ({ keyId }) => keyId,
    }),
    remaining: t.exposeInt('remaining', {
      complexity: 0,
      nullable: true,
      description: 'Remaining verifications in the rate-limit window. Null without a limit',
    }),
    resetAt: t.expose('resetAt', {
      complexity: 0,
      type: 'DateTime',
      nullable: true,
      description: 'When the rate-limit window ends. Null without a limit',
    }),
  }),
});

const VerifyApiKeyInput = builder.inputType('VerifyApiKeyInput', {
  description: 'Input of `verifyApiKey`',
  fields: (t) => ({
    key: t.string({
      required: true,
      description:
        'The secret as the client sent it. Leading and trailing spaces and line breaks are ignored',
    }),
    permissions: t.field({
      type: ['Permission'],
      defaultValue: [],
      description: 'Permissions that the key must have, all of them. At most 100',
    }),
    anyPermissions: t.field({
      type: ['Permission'],
      defaultValue: [],
      description:
        'Alternative permissions, in addition to `permissions`: the key must have at least one of them, unless the list is empty. At most 100',
    }),
    ip: t.string({
      description:
        'IP address of the client, optionally with a port. Without it, a key with an IP allowlist is denied',
    }),
    teamId: t.id({ description: 'ID of a team. The key must be bound to this team or to no team' }),
    environment: t.field({ type: Environment, description: 'Environment that the key must belong to' }),
  }),
});

builder.mutationField('verifyApiKey', (t) =>
  t.field({
    type: VerifyApiKeyPayload,
    nullable: true,
    description: 'Verifies an API key that a client has presented. Requires `api.key.verify`',
    authScopes: { permission: 'api.key.verify' },
    args: {
      input: t.arg({
        type: VerifyApiKeyInput,
        required: true,
        description: 'The key to verify and the requirements it must meet',
      }),
    },
    resolve: (_root, { input }, ctx) => verifyApiKey(ctx, input),
  }),
);
