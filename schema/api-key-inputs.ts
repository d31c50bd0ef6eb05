import { Environment } from './api-key-list.ts';
import { builder } from './builder.ts';
import { ORGANIZATION_LEFT_OUT } from './organization-left-out.ts';

const RateLimitInput = builder.inputType('RateLimitInput', {
  description: 'How often a key is accepted',
  fields: (t) => ({
    limit: t.int({ required: true, description: 'Accepted verifications per window: 1 to 1,000,000,000' }),
    windowSeconds: t.int({ required: true, description: 'Length of the window: 1 to 2,592,000 (30 days)' }),
  }),
});

export const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
  description: 'A new key',
  fields: (t) => ({
    organizationId: t.id({ description: ORGANIZATION_LEFT_OUT }),
    name: t.string({
      required: true,
      description: 'Name: 1 to 100 characters, none of them invisible',
    }),
    description: t.string({ description: 'More about it: up to 500 characters' }),
    environment: t.field({
      type: Environment,
      defaultValue: 'live',
      description: 'What it is for; part of its secret',
    }),
    roleId: t.id({ description: 'The role whose permissions it gets' }),
    grants: t.field({
      type: ['Permission'],
      defaultValue: [],
      description: 'Permissions granted directly, up to 100; you must hold each yourself',
    }),
    teamIds: t.idList({ defaultValue: [], description: 'The teams it is bound to, up to 50' }),
    ipAllowlist: t.field({
      type: ['CIDR'],
      defaultValue: [],
      description: 'Networks it is accepted from, up to 100; none: any address',
    }),
    rateLimit: t.field({
      type: RateLimitInput,
      description: 'How often it is accepted; left out: without limit',
    }),
    externalId: t.string({ description: 'Who it belongs to in your own system: up to 200 characters' }),
    metadata: t.field({ type: 'JSONObject', description: 'Whatever you keep with it: up to 16 KB of JSON' }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'From when on it is refused; left out: it doesn’t expire',
    }),
  }),
});

export const UpdateApiKeyInput = builder.inputType('UpdateApiKeyInput', {
  description: 'Changes of a key. A field left out stays as it is; null clears it',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The key' }),
    name: t.string({ description: '1 to 100 characters; can’t be null' }),
    description: t.string({ description: 'Up to 500 characters' }),
    enabled: t.boolean({ description: 'False: refused until it is true again; can’t be null' }),
    roleId: t.id({ description: 'The role whose permissions it gets' }),
    grants: t.field({ type: ['Permission'], description: 'Permissions granted directly, up to 100' }),
    teamIds: t.idList({ description: 'The teams it is bound to, up to 50' }),
    ipAllowlist: t.field({ type: ['CIDR'], description: 'Networks it is accepted from, up to 100' }),
    rateLimit: t.field({ type: RateLimitInput, description: 'How often it is accepted' }),
    externalId: t.string({ description: 'Up to 200 characters' }),
    metadata: t.field({ type: 'JSONObject', description: 'Replaces all of it: up to 16 KB of JSON' }),
    expiresAt: t.field({ type: 'DateTime', description: 'From when on it is refused' }),
  }),
});

export const RotateApiKeyInput = builder.inputType('RotateApiKeyInput', {
  description: 'A rotation',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The key' }),
    overlapSeconds: t.int({
      defaultValue: 86_400,
      description:
        'How long the old secret goes on being accepted; 0: it stops now; at most 7,776,000 (90 days)',
    }),
  }),
});

export const RevokeApiKeyInput = builder.inputType('RevokeApiKeyInput', {
  description: 'The end of a key',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The key' }),
    reason: t.string({ description: 'Why, for the audit log: up to 500 characters' }),
  }),
});

export const RevokeApiKeysInput = builder.inputType('RevokeApiKeysInput', {
  description: 'The end of several keys',
  fields: (t) => ({
    ids: t.idList({ required: true, description: 'The keys, 1 to 500; all are revoked or none' }),
    reason: t.string({ description: 'Why, for the audit log: up to 500 characters' }),
  }),
});

export const RevokeApiKeySecretInput = builder.inputType('RevokeApiKeySecretInput', {
  description: 'The end of one secret',
  fields: (t) => ({ id: t.id({ required: true, description: 'The secret: `sec_…`' }) }),
});

export const VerifyApiKeyInput = builder.inputType('VerifyApiKeyInput', {
  description: 'What a client presented, and what it wants to do',
  fields: (t) => ({
    key: t.string({
      required: true,
      description: 'The secret as the client sent it; surrounding spaces and line breaks are ignored',
    }),
    permissions: t.field({
      type: ['Permission'],
      defaultValue: [],
      description: 'What it must hold: all of these',
    }),
    ip: t.string({
      description:
        'The client’s address, optionally with a port; without it, a key with an allowlist is denied',
    }),
    teamId: t.id({ description: 'The key must be bound to this team, or to none' }),
    environment: t.field({ type: Environment, description: 'The key must be of this environment' }),
  }),
});
