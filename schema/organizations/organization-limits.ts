import DataLoader from 'dataloader';
import { countKeys } from '../../src/keys/lists/key-counts.ts';
import type { Organization } from '../../src/organizations/organization.ts';
import { builder } from '../builder.ts';
import type { GraphQLContext } from '../context.ts';
import { onePerOperation } from '../operation-caches.ts';

const activeApiKeys = onePerOperation(
  (ctx: GraphQLContext) =>
    new DataLoader(async (ids: readonly string[]) => {
      const counts = await countKeys(ctx.db, ids, ctx.clock.now());
      return ids.map((id) => counts.get(id)?.active ?? 0);
    }),
);

export const OrganizationLimits = builder.objectRef<Organization>('OrganizationLimits').implement({
  description: 'Limits that the operator has set for an organization',
  fields: (t) => ({
    maxActiveApiKeys: t.exposeInt('maxActiveApiKeys', {
      nullable: true,
      description: 'Maximum number of active API keys. Null for no limit',
    }),
    activeApiKeys: t.int({
      description: 'Current number of active API keys',
      resolve: ({ id }, _args, ctx) => activeApiKeys(ctx).load(id),
    }),
  }),
});
