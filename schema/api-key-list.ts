import { builder } from './builder.ts';

export const Environment = builder.enumType('Environment', {
  description: 'What a key is for; part of its secret',
  values: {
    LIVE: { value: 'live', description: 'Real use' },
    TEST: { value: 'test', description: 'Development and tests' },
  } as const,
});

export const ApiKeyStatus = builder.enumType('ApiKeyStatus', {
  description: 'Whether a key is accepted. The first that holds of REVOKED, DISABLED, EXPIRED; else ACTIVE',
  values: {
    ACTIVE: { description: 'Accepted' },
    DISABLED: { description: 'Refused until somebody enables it' },
    EXPIRED: { description: 'Refused since `expiresAt`' },
    REVOKED: { description: 'Refused for ever' },
  },
});

const OrderDirection = builder.enumType('OrderDirection', {
  description: 'The direction of an order',
  values: {
    ASC: { description: 'Smallest, earliest or first in the alphabet first' },
    DESC: { description: 'Largest, latest or last in the alphabet first' },
  },
});

const ApiKeyOrderField = builder.enumType('ApiKeyOrderField', {
  description: 'What keys are ordered by; equals are ordered by id',
  values: {
    CREATED_AT: { description: 'When they were made' },
    NAME: { description: 'Their names, upper and lower case alike' },
    LAST_USED_AT: { description: 'Their last use; never used counts as earliest' },
    EXPIRES_AT: { description: 'Their expiry; no expiry counts as latest' },
  },
});

export const ApiKeyFilter = builder.inputType('ApiKeyFilter', {
  description: 'Narrows a list of keys; all conditions hold, and what is left out doesn’t narrow',
  fields: (t) => ({
    status: t.field({ type: [ApiKeyStatus], description: 'Any of these; left out: all but REVOKED' }),
    environment: t.field({ type: Environment, description: 'Keys of this environment' }),
    roleId: t.id({ description: 'Keys with this role' }),
    teamId: t.id({ description: 'Keys bound to this team' }),
    externalId: t.string({ description: 'Keys with exactly this `externalId`' }),
    createdById: t.id({ description: 'Keys made by this user or key' }),
    search: t.string({
      description: 'Part of the name, description, start or id; upper and lower case alike',
    }),
    unusedSince: t.field({
      type: 'DateTime',
      description: 'Keys not used since then: last used before, or never used and made before',
    }),
    expiresBefore: t.field({ type: 'DateTime', description: 'Keys that expire before then' }),
    rotationDueBefore: t.field({ type: 'DateTime', description: 'Keys whose rotation is due before then' }),
  }),
});

export const ApiKeyOrder = builder.inputType('ApiKeyOrder', {
  description: 'How a list of keys is ordered',
  fields: (t) => ({
    field: t.field({ type: ApiKeyOrderField, required: true, description: 'What by' }),
    direction: t.field({ type: OrderDirection, required: true, description: 'Which way' }),
  }),
});

/** What a list is ordered by unless the caller says otherwise: the newest first. */
export const NEWEST_FIRST = { field: 'CREATED_AT', direction: 'DESC' } as const;
