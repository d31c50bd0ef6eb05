import { usageOfOrganization } from '../../src/usage/organization-report.ts';
import { topApiKeys } from '../../src/usage/top-api-keys.ts';
import { ApiKeyUsageTotal, USAGE_ARGS, UsageBucket, usageCost } from '../api-keys/usage.ts';
import { builder } from '../builder.ts';
import { nullIfMissing } from '../loaded.ts';
import { ApiKeyRef, OrganizationRef } from '../refs.ts';
import { LIMITED_USAGE_SCAN, USED_KEYS_SCAN } from '../scan.ts';
import { shareRead } from '../shared-reads.ts';

builder.objectFields(OrganizationRef, (t) => ({
  usage: t.field({
    type: [UsageBucket],
    nullable: true,
    description:
      'Usage of the organization’s API keys, or of those that you can access, earliest first. Intervals without use are omitted. The range may span at most 1,000 intervals. Requires `api.key.view`',
    authScopes: ({ id }) => ({ permissionIn: [id, 'api.key.view'] }),
    complexity: usageCost,
    extensions: { costsByTheTime: true, scan: LIMITED_USAGE_SCAN },
    args: USAGE_ARGS,
    resolve: ({ id }, range, ctx) =>
      shareRead(ctx, 'organization.usage', [id, range], () => usageOfOrganization(ctx, id, range)),
  }),
  topApiKeys: t.field({
    type: [ApiKeyUsageTotal],
    nullable: true,
    description:
      'The API keys with the most accepted verifications, then by ID. The range is counted in whole hours, in whole days if it starts more than 90 days ago, and spans at most 100 days. Keys that were not presented are omitted. Requires `api.key.view`',
    authScopes: ({ id }) => ({ permissionIn: [id, 'api.key.view'] }),
    complexity: ({ first }) => ({ field: 20, multiplier: Math.min(100, Math.max(1, first ?? 10)) }),
    extensions: { scan: USED_KEYS_SCAN },
    args: {
      from: t.arg({ type: 'DateTime', description: 'Start of the time range. Omit for a day before `to`' }),
      to: t.arg({ type: 'DateTime', description: 'End of the time range, exclusive. Omit for now' }),
      first: t.arg.int({ defaultValue: 10, description: 'Maximum number of keys, 0 to 100' }),
    },
    resolve: async ({ id }, args, ctx) => {
      const read = () => topApiKeys(ctx, id, args);
      const totals = await shareRead(ctx, 'topApiKeys', [id, args], read);
      // A key may have been removed, or moved out of the caller's teams, in the meantime.
      const keys = ApiKeyRef.getDataloader(ctx);
      const found = await Promise.all(totals.map(({ keyId }) => keys.load(keyId).catch(nullIfMissing)));
      return totals.filter((_, index) => found[index]);
    },
  }),
}));
