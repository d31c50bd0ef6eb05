import { summarizeApiKeys } from '../../src/keys/lists/summarize-api-keys.ts';
import { usageLastDay } from '../../src/usage/last-day.ts';
import { builder } from '../builder.ts';
import type { GraphQLContext } from '../context.ts';
import { keptCountScan, SUMMARY_ROWS_MAX } from '../scan.ts';
import { shareRead } from '../shared-reads.ts';

/** One read for all counts of keys. */
function summary(ctx: GraphQLContext, organizationId: string): ReturnType<typeof summarizeApiKeys> {
  return shareRead(ctx, 'keySummary', [organizationId], () => summarizeApiKeys(ctx, organizationId));
}

/** One read for both sums. */
function lastDay(ctx: GraphQLContext, organizationId: string): ReturnType<typeof usageLastDay> {
  return shareRead(ctx, 'usageLastDay', [organizationId], () => usageLastDay(ctx, organizationId));
}

const SUMMARY_SCAN = keptCountScan('keySummary', SUMMARY_ROWS_MAX);
const LAST_DAY_SCAN = keptCountScan('usageLastDay');

export const ApiKeySummary = builder
  .objectRef<{ readonly organizationId: string }>('ApiKeySummary')
  .implement({
    description: 'Counts of an organization’s API keys',
    fields: (t) => {
      const byStatus = (status: 'active' | 'disabled' | 'expired' | 'revoked', description: string) =>
        t.int({
          description,
          extensions: { scan: SUMMARY_SCAN },
          resolve: async ({ organizationId }, _args, ctx) => (await summary(ctx, organizationId))[status],
        });
      const attention = (name: 'unused' | 'rotationOverdue' | 'expiringSoon', description: string) =>
        t.int({
          description: `${description}. A lower bound, 10,000 at most, if \`${name}IsExact\` is false`,
          extensions: { scan: SUMMARY_SCAN },
          resolve: async ({ organizationId }, _args, ctx) => (await summary(ctx, organizationId))[name].count,
        });
      const isExact = (name: 'unused' | 'rotationOverdue' | 'expiringSoon') =>
        t.boolean({
          description: `Whether \`${name}\` is exact. If false, there are at least that many keys`,
          extensions: { scan: SUMMARY_SCAN },
          resolve: async ({ organizationId }, _args, ctx) =>
            (await summary(ctx, organizationId))[name].isExact,
        });
      const lastDayOf = (outcome: 'verified' | 'denied', description: string) =>
        t.field({
          type: 'SafeInt',
          description,
          extensions: { scan: LAST_DAY_SCAN },
          resolve: async ({ organizationId }, _args, ctx) => (await lastDay(ctx, organizationId))[outcome],
        });
      return {
        active: byStatus('active', 'Number of active keys'),
        disabled: byStatus('disabled', 'Number of disabled keys'),
        expired: byStatus('expired', 'Number of expired keys'),
        revoked: byStatus('revoked', 'Number of revoked keys'),
        unused: attention(
          'unused',
          'Active keys not used for 90 days, or never used and created more than 90 days ago',
        ),
        unusedIsExact: isExact('unused'),
        rotationOverdue: attention('rotationOverdue', 'Active keys whose rotation is overdue'),
        rotationOverdueIsExact: isExact('rotationOverdue'),
        expiringSoon: attention('expiringSoon', 'Active keys that expire within 7 days'),
        expiringSoonIsExact: isExact('expiringSoon'),
        verifiedLastDay: lastDayOf(
          'verified',
          'Accepted verifications in the last 24 hours, counted in whole minutes',
        ),
        deniedLastDay: lastDayOf(
          'denied',
          'Denied verifications of known keys in the last 24 hours, counted in whole minutes',
        ),
      };
    },
  });
