import { builder } from '../builder.ts';

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
    description: 'Number of verifications of an API key in a time interval',
    fields: (t) => ({
      start: t.expose('start', { type: 'DateTime', description: 'Start of the interval' }),
      verified: t.expose('verified', { type: 'SafeInt', description: 'Accepted verifications' }),
      denied: t.expose('denied', { type: 'SafeInt', description: 'Denied verifications' }),
    }),
  });
