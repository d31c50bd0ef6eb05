import { type LookUp, type LookUpResult, lookUpKeys, SECRETS_MAX } from '../../src/verifiers/look-up-keys.ts';
import type { VerifierKey } from '../../src/verifiers/verifier-key.ts';
import { RateLimit } from '../api-keys/api-key.ts';
import { Environment } from '../api-keys/api-key-list.ts';
import { builder } from '../builder.ts';

const VerifierApiKey = builder.objectRef<VerifierKey>('VerifierApiKey').implement({
  description: 'Everything about an API key, and one of its secrets, that a verifier decides by',
  fields: (t) => ({
    id: t.exposeID('keyId', { complexity: 0, description: 'ID of the key' }),
    secretId: t.exposeID('secretId', { complexity: 0, description: 'ID of the secret' }),
    organizationId: t.exposeID('organizationId', { complexity: 0, description: 'ID of its organization' }),
    environment: t.expose('environment', {
      complexity: 0,
      type: Environment,
      description: 'Environment of the key',
    }),
    permissions: t.field({
      complexity: 0,
      type: ['Permission'],
      description: 'Effective permissions: those of the role and additional ones',
      resolve: ({ permissions }) => permissions,
    }),
    roleName: t.exposeString('roleName', {
      complexity: 0,
      nullable: true,
      description: 'Name of the key’s role. Null without a role',
    }),
    teamIds: t.idList({
      complexity: 0,
      description:
        'IDs of the teams that the key is bound to, limited to those of a team-bound verifier. Empty if it is bound to no team',
      resolve: ({ teamIds }) => [...teamIds],
    }),
    externalId: t.exposeString('externalId', {
      complexity: 0,
      nullable: true,
      description: 'ID of the key in your system',
    }),
    ipAllowlist: t.field({
      complexity: 0,
      type: ['CIDR'],
      description: 'Networks from which the key is accepted. Empty for all addresses',
      resolve: ({ ipAllowlist }) => ipAllowlist,
    }),
    rateLimit: t.expose('rateLimit', {
      complexity: 0,
      nullable: true,
      type: RateLimit,
      description: 'Rate limit. Null without one',
    }),
    enabled: t.exposeBoolean('enabled', { complexity: 0, description: 'Whether the key is enabled' }),
    revoked: t.exposeBoolean('revoked', {
      complexity: 0,
      description: 'Whether the key or the secret has been revoked',
    }),
    expiresAt: t.expose('expiresAt', {
      complexity: 0,
      nullable: true,
      type: 'SafeInt',
      description:
        'When the key or the secret expires, whichever is first, in milliseconds since the Unix epoch. Null if neither does',
    }),
    apiKeyExpiresAt: t.expose('keyExpiresAt', {
      complexity: 0,
      nullable: true,
      type: 'SafeInt',
      description: 'When the key expires, in milliseconds since the Unix epoch. Null if it doesn’t',
    }),
    sequence: t.expose('sequence', {
      complexity: 0,
      type: 'SafeInt',
      description:
        'The key includes all changes of its organization up to this one, as in `VerifierChange.last`',
    }),
  }),
});

const VerifierKeyResult = builder.objectRef<LookUpResult>('VerifierKeyResult').implement({
  description: 'Result of looking up one secret',
  fields: (t) => ({
    apiKey: t.expose('apiKey', {
      complexity: 0,
      nullable: true,
      type: VerifierApiKey,
      description: 'The key. Null if the secret is unknown or the key is not visible to the verifier',
    }),
    tooManyFailures: t.exposeBoolean('tooManyFailures', {
      complexity: 0,
      description:
        'Whether this address, or this verifier, has presented too many unknown secrets. The verifier denies the request with RATE_LIMITED',
    }),
  }),
});

const VerifierKeysPayload = builder.objectRef<LookUp>('VerifierKeysPayload').implement({
  description: 'Result of `verifierKeys`',
  fields: (t) => ({
    results: t.field({
      complexity: 0,
      type: [VerifierKeyResult],
      description: 'Results in the order of `secrets`',
      resolve: ({ results }) => results,
    }),
    otherHashes: t.exposeBoolean('otherHashes', {
      complexity: 0,
      description:
        'Whether secrets were imported by other hashes than SHA-256. A secret that was not found may be one of them: verify it with `verifyApiKey`',
    }),
    importedSecrets: t.exposeBoolean('importedSecrets', {
      complexity: 0,
      description:
        'Whether secrets were imported. If not, a secret that doesn’t have Keywright’s format is denied with MALFORMED instead of NOT_FOUND',
    }),
  }),
});

const VerifierSecretInput = builder.inputType('VerifierSecretInput', {
  description: 'A secret that a client has presented to a verifier',
  fields: (t) => ({
    hash: t.string({
      required: true,
      description: 'SHA-256 hash of the secret, 64 lower-case hexadecimal digits',
    }),
    ip: t.string({ description: 'IP address of the client. Counts unknown secrets of an address' }),
  }),
});

builder.queryField('verifierKeys', (t) =>
  t.field({
    type: VerifierKeysPayload,
    nullable: true,
    description:
      'Looks up API keys by hashes of their secrets, for a verifier. The verifier receives all later changes to these keys. Runs on the socket of the stream. Requires `api.key.verify`',
    authScopes: { permission: 'api.key.verify' },
    complexity: ({ secrets }) => ({ field: Math.max(1, Math.min(SECRETS_MAX, secrets.length)) }),
    args: {
      stream: t.arg.id({ required: true, description: '`stream` of the VerifierWelcome' }),
      secrets: t.arg({
        type: [VerifierSecretInput],
        required: true,
        description: 'The secrets, at most 500',
      }),
    },
    resolve: (_root, { stream, secrets }, ctx) => lookUpKeys(ctx, stream, secrets),
  }),
);
