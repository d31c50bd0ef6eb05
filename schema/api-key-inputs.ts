import { Environment } from './api-key-list.ts';
import { builder } from './builder.ts';
import { ORGANIZATION_ID } from './missing-organization.ts';

const RateLimitInput = builder.inputType('RateLimitInput', {
  description: 'Rate limit of an API key',
  fields: (t) => ({
    limit: t.int({ required: true, description: 'Accepted verifications per window: 1 to 1,000,000,000' }),
    windowSeconds: t.int({
      required: true,
      description: 'Length of the window in seconds: 1 to 2,592,000 (30 days)',
    }),
  }),
});

export const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
  description: 'Input of `createApiKey`',
  fields: (t) => ({
    organizationId: t.id({ description: ORGANIZATION_ID }),
    name: t.string({
      required: true,
      description: 'Name of the key: 1 to 100 characters, without invisible characters',
    }),
    description: t.string({ description: 'Description of the key: up to 500 characters' }),
    environment: t.field({
      type: Environment,
      defaultValue: 'live',
      description: 'Environment of the key. It is part of the secret and can’t be changed',
    }),
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
    rateLimit: t.field({
      type: RateLimitInput,
      description: 'Rate limit of the key. Omit for no limit',
    }),
    externalId: t.string({ description: 'ID of the key’s owner in your own system: up to 200 characters' }),
    metadata: t.field({
      type: 'JSONObject',
      description: 'Your own data about the key: up to 16 KB of JSON',
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When the key expires. Omit for a key that doesn’t expire',
    }),
  }),
});

export const UpdateApiKeyInput = builder.inputType('UpdateApiKeyInput', {
  description: 'Input of `updateApiKey`. Omitted fields keep their value; null clears a field',
  fields: (t) => ({
    id: t.id({ required: true, description: 'ID of the key: `key_…`' }),
    name: t.string({ description: 'Name of the key: 1 to 100 characters. Can’t be null' }),
    description: t.string({ description: 'Description of the key: up to 500 characters' }),
    enabled: t.boolean({
      description:
        'Whether the key is enabled. A disabled key is denied until it is enabled again. Can’t be null',
    }),
    roleId: t.id({ description: 'ID of the role that the key is assigned' }),
    grants: t.field({
      type: ['Permission'],
      description: 'Permissions granted in addition to the role, up to 100',
    }),
    teamIds: t.idList({ description: 'IDs of the teams that the key is bound to, up to 50' }),
    ipAllowlist: t.field({
      type: ['CIDR'],
      description: 'Networks that the key may be used from, up to 100',
    }),
    rateLimit: t.field({ type: RateLimitInput, description: 'Rate limit of the key' }),
    externalId: t.string({ description: 'ID of the key’s owner in your own system: up to 200 characters' }),
    metadata: t.field({
      type: 'JSONObject',
      description: 'Your own data about the key: up to 16 KB of JSON. Replaces the previous value as a whole',
    }),
    expiresAt: t.field({ type: 'DateTime', description: 'When the key expires' }),
  }),
});

export const RotateApiKeyInput = builder.inputType('RotateApiKeyInput', {
  description: 'Input of `rotateApiKey`',
  fields: (t) => ({
    id: t.id({ required: true, description: 'ID of the key: `key_…`' }),
    overlapSeconds: t.int({
      defaultValue: 86_400,
      description:
        'Seconds for which the previous secret is still accepted: 0 (it expires immediately) to 7,776,000 (90 days)',
    }),
  }),
});

export const RevokeApiKeyInput = builder.inputType('RevokeApiKeyInput', {
  description: 'Input of `revokeApiKey`',
  fields: (t) => ({
    id: t.id({ required: true, description: 'ID of the key: `key_…`' }),
    reason: t.string({
      description: 'Reason for the revocation, recorded in the audit log: up to 500 characters',
    }),
  }),
});

export const RevokeApiKeysInput = builder.inputType('RevokeApiKeysInput', {
  description: 'Input of `revokeApiKeys`',
  fields: (t) => ({
    ids: t.idList({
      required: true,
      description: 'IDs of 1 to 500 keys. Either all of them are revoked or none',
    }),
    reason: t.string({
      description: 'Reason for the revocation, recorded in the audit log: up to 500 characters',
    }),
  }),
});

export const RevokeApiKeySecretInput = builder.inputType('RevokeApiKeySecretInput', {
  description: 'Input of `revokeApiKeySecret`',
  fields: (t) => ({ id: t.id({ required: true, description: 'ID of the secret: `sec_…`' }) }),
});

export const VerifyApiKeyInput = builder.inputType('VerifyApiKeyInput', {
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
      description: 'Permissions that the key must have, all of them',
    }),
    ip: t.string({
      description:
        'IP address of the client, optionally with a port. Without it, a key with an IP allowlist is denied',
    }),
    teamId: t.id({ description: 'ID of a team. The key must be bound to this team or to no team' }),
    environment: t.field({ type: Environment, description: 'Environment that the key must belong to' }),
  }),
});
