import { stretchesOf, type UsageRange } from '../../src/usage/usage-range.ts';
import { builder } from '../builder.ts';
import type { GraphQLContext } from '../context.ts';
import { ApiKeyRef } from '../refs.ts';

export const UsageGranularity = builder.enumType('UsageGranularity', {
  description: 'Length of a usage bucket. Buckets are aligned to UTC',
  values: {
    MINUTE: { value: 'minute', description: 'One minute' },
    HOUR: { value: 'hour', description: 'One hour' },
    DAY: { value: 'day', description: 'One day' },
  } as const,
});

export const UsageBucket = builder
  .objectRef<{ start: number; verified: number; denied: number }>('UsageBucket')
  .implement({
    description: 'Number of verifications in a time interval',
    fields: (t) => ({
      start: t.expose('start', { type: 'DateTime', description: 'Start of the interval' }),
      verified: t.expose('verified', { type: 'SafeInt', description: 'Accepted verifications' }),
      denied: t.expose('denied', { type: 'SafeInt', description: 'Denied verifications' }),
    }),
  });

/** Arguments of a report of usage. */
export const USAGE_ARGS = builder.args((t) => ({
  from: t.field({
    type: 'DateTime',
    description:
      'Start of the time range. Omit for an hour (`MINUTE`), a day (`HOUR`) or 30 days (`DAY`) before `to`',
  }),
  to: t.field({ type: 'DateTime', description: 'End of the time range, exclusive. Omit for now' }),
  granularity: t.field({
    type: UsageGranularity,
    defaultValue: 'hour',
    description: 'Length of an interval',
  }),
}));

/** Cost of a report of usage: its fields once for each bucket that it may have. */
export function usageCost(range: UsageRange, { clock }: GraphQLContext) {
  return { field: 20, multiplier: stretchesOf(range, clock.now()) };
}

export const ApiKeyUsageTotal = builder
  .objectRef<{ readonly keyId: string; readonly verified: number; readonly denied: number }>(
    'ApiKeyUsageTotal',
  )
  .implement({
    description: 'Number of verifications of an API key in a time range',
    fields: (t) => ({
      apiKey: t.field({ type: ApiKeyRef, description: 'The API key', resolve: ({ keyId }) => keyId }),
      verified: t.expose('verified', { type: 'SafeInt', description: 'Accepted verifications' }),
      denied: t.expose('denied', { type: 'SafeInt', description: 'Denied verifications' }),
    }),
  });
