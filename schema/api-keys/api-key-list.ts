import { builder } from '../builder.ts';

export const Environment = builder.enumType('Environment', {
  description: 'Environment of an API key, which is part of its secret',
  values: {
    LIVE: { value: 'live', description: 'Production' },
    TEST: { value: 'test', description: 'Development and testing' },
  } as const,
});

export const ApiKeyStatus = builder.enumType('ApiKeyStatus', {
  description:
    'Status of an API key. The first of REVOKED, DISABLED and EXPIRED that applies, otherwise ACTIVE',
  values: {
    ACTIVE: { description: 'The key is accepted' },
    DISABLED: { description: 'The key is denied until it is enabled again' },
    EXPIRED: { description: 'The key has been denied since `expiresAt`' },
    REVOKED: { description: 'The key is permanently denied' },
  },
});

const OrderDirection = builder.enumType('OrderDirection', {
  description: 'Sort direction',
  values: {
    ASC: { description: 'Ascending' },
    DESC: { description: 'Descending' },
  },
});

const ApiKeyOrderField = builder.enumType('ApiKeyOrderField', {
  description: 'Field to sort API keys by. Keys with equal values are sorted by `id`',
  values: {
    CREATED_AT: { description: 'Creation time' },
    NAME: { description: 'Name, case-insensitive' },
    LAST_USED_AT: { description: 'Time of the last use. Keys that were never used sort as earliest' },
    EXPIRES_AT: { description: 'Expiry time. Keys without an expiry sort as latest' },
  },
});

export const ApiKeyFilter = builder.inputType('ApiKeyFilter', {
  description: 'Filter for a list of API keys. A key must match every field that is provided',
  fields: (t) => ({
    status: t.field({
      type: [ApiKeyStatus],
      description: 'Keys with any of these statuses. Omit for all except REVOKED',
    }),
    environment: t.field({ type: Environment, description: 'Keys in this environment' }),
    roleId: t.id({ description: 'Keys assigned the role with this ID' }),
    teamId: t.id({ description: 'Keys bound to the team with this ID' }),
    externalId: t.string({ description: 'Keys with exactly this `externalId`' }),
    createdById: t.id({ description: 'Keys created by the user or API key with this ID' }),
    metadata: t.field({
      type: 'JSONObject',
      description:
        'Keys whose metadata contains these members: at most 10, with strings, numbers, booleans or null as values. Values are equal if type and value are, and null doesn’t match a missing member. Names and strings have at most 200 characters. Omit it or pass an empty object to match keys with any metadata',
    }),
    search: t.string({
      description: 'Text contained in the name, description, start or ID, case-insensitive',
    }),
    unusedSince: t.field({
      type: 'DateTime',
      description: 'Keys not used since this time, or never used and created before it',
    }),
    expiresBefore: t.field({ type: 'DateTime', description: 'Keys that expire before this time' }),
    rotationDueBefore: t.field({
      type: 'DateTime',
      description: 'Keys whose rotation is due before this time',
    }),
  }),
});

export const ApiKeyOrder = builder.inputType('ApiKeyOrder', {
  description: 'Sort order of a list of API keys',
  fields: (t) => ({
    field: t.field({ type: ApiKeyOrderField, required: true, description: 'Field to sort by' }),
    direction: t.field({ type: OrderDirection, required: true, description: 'Sort direction' }),
  }),
});

/** Default order of a list: newest first. */
export const NEWEST_FIRST = { field: 'CREATED_AT', direction: 'DESC' } as const;
