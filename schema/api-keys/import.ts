import {
  EscalationError,
  LimitExceededError,
  NotFoundError,
  ValidationError,
} from '../../src/core/errors.ts';
import { importApiKeys } from '../../src/keys/import/import-api-keys.ts';
import { HASH_ALGORITHMS, type HashAlgorithm } from '../../src/keys/import/stored-hash.ts';
import { builder } from '../builder.ts';
import { mutation } from '../mutation.ts';
import { ORGANIZATION_ID } from '../organizations/missing-organization.ts';
import { ApiKeyRef } from '../refs.ts';
import { Environment } from './api-key-list.ts';
import { RateLimitInput } from './api-key-mutations.ts';

const ALGORITHMS: Readonly<Record<HashAlgorithm, string>> = {
  SHA256: 'SHA-256 digest in hexadecimal, base64 or base64url',
  SHA384: 'SHA-384 digest in hexadecimal, base64 or base64url',
  SHA512: 'SHA-512 digest in hexadecimal, base64 or base64url',
  HMAC_SHA256: 'HMAC-SHA-256 under a pepper of the configuration, as `NAME:` and the digest',
  BCRYPT: 'bcrypt: `$2a$`, `$2b$` or `$2y$`',
  ARGON2ID: 'Argon2id in PHC format: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`',
  SCRYPT: 'scrypt in PHC format: `$scrypt$ln=…,r=…,p=…$salt$hash`',
  PBKDF2_SHA256: 'PBKDF2 with HMAC-SHA-256 in PHC format: `$pbkdf2-sha256$i=…$salt$hash`',
};

const HashAlgorithmEnum = builder.enumType('HashAlgorithm', {
  description: 'Algorithm of the hash of an imported secret, with its text format',
  values: Object.fromEntries(
    HASH_ALGORITHMS.map((name) => [name, { value: name, description: ALGORITHMS[name] }]),
  ) as Record<HashAlgorithm, { value: HashAlgorithm; description: string }>,
});

const ImportApiKeyInput = builder.inputType('ImportApiKeyInput', {
  description: 'A key of another system',
  fields: (t) => ({
    foreignId: t.string({
      required: true,
      description:
        'ID of the key in the other system: 1 to 200 characters. A key that was imported before, according to this ID, isn’t changed',
    }),
    name: t.string({
      required: true,
      description: 'Name of the key: 1 to 100 characters, without invisible characters',
    }),
    hash: t.string({
      required: true,
      description: 'Hash of the secret in the format of the algorithm: up to 512 characters',
    }),
    algorithm: t.field({
      type: HashAlgorithmEnum,
      required: true,
      description: 'Algorithm of `hash` and `additionalHashes`',
    }),
    additionalHashes: t.stringList({
      defaultValue: [],
      description: 'Hashes of further secrets of the key that are accepted as well, up to 10',
    }),
    start: t.string({
      description:
        'First characters of the secret: 4 to 32. They are shown and can be searched. Required for password hashes (BCRYPT, ARGON2ID, SCRYPT, PBKDF2_SHA256), whose secrets are found by them',
    }),
    environment: t.field({
      type: Environment,
      defaultValue: 'live',
      description: 'Environment of the key. It can’t be changed',
    }),
    description: t.string({ description: 'Description of the key: up to 500 characters' }),
    roleId: t.id({ description: 'ID of the role that the key is assigned' }),
    grants: t.field({
      type: ['Permission'],
      defaultValue: [],
      description: 'Permissions granted in addition to the role, up to 100. You must have each of them',
    }),
    teamIds: t.idList({
      defaultValue: [],
      description: 'IDs of the teams that the key is bound to, up to 50. Leave empty to allow all teams',
    }),
    ipAllowlist: t.field({
      type: ['CIDR'],
      defaultValue: [],
      description: 'Networks that the key may be used from, up to 100. Leave empty to allow any address',
    }),
    rateLimit: t.field({ type: RateLimitInput, description: 'Rate limit of the key. Omit for no limit' }),
    externalId: t.string({ description: 'ID of the key’s owner in your own system: up to 200 characters' }),
    metadata: t.field({
      type: 'JSONObject',
      description: 'Your own data about the key: up to 16 KB of JSON',
    }),
    enabled: t.boolean({ defaultValue: true, description: 'Whether the key is enabled' }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When the key was created in the other system. Omit for now',
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When the key expires; it may be in the past. Omit for a key that doesn’t expire',
    }),
    lastUsedAt: t.field({
      type: 'DateTime',
      description: 'When the key was last used in the other system. Omit if it has never been used',
    }),
  }),
});

mutation('importApiKeys', {
  description:
    'Imports up to 500 keys of another system with the hashes of their secrets, which continue to be accepted: either all keys or none. Requires `api.key.import` and every permission the new keys will have',
  permission: 'api.key.import',
  argument: 'The keys to import',
  input: (t) => ({
    organizationId: t.id({ description: ORGANIZATION_ID }),
    keys: t.field({
      type: [ImportApiKeyInput],
      required: true,
      description: '1 to 500 keys. Either all of them are imported or none',
    }),
  }),
  errors: [ValidationError, NotFoundError, LimitExceededError, EscalationError],
  result: 'The imported keys, or an error',
  resolve: async (ctx, input) => (await importApiKeys(ctx, input)).result,
  payload: {
    description: 'Result of importing API keys',
    fields: (t) => ({
      apiKeys: t.field({
        type: [ApiKeyRef],
        description:
          'The keys, in the order of the input. Those that were imported before are unchanged, and omitted if you don’t have `api.key.view`',
        resolve: ({ apiKeyIds }) => [...apiKeyIds],
      }),
      created: t.exposeInt('created', { description: 'Number of keys that were created' }),
      unchanged: t.exposeInt('unchanged', {
        description: 'Number of keys that had been imported before, and were not changed',
      }),
    }),
  },
});
