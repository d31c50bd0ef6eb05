import DataLoader from 'dataloader';
import { keyScopeOf } from '../src/access/key-scope.ts';
import { countUsesOfRoles, type Role, type RoleUses } from '../src/roles/role.ts';
import { builder } from './builder.ts';
import type { GraphQLContext } from './context.ts';
import { nullIfMissing } from './loaded.ts';
import { findsNode } from './node.ts';
import { onePerOperation } from './operation-caches.ts';
import { RoleRef } from './refs.ts';
import { keptCountScan } from './scan.ts';

/** Both counts of a role come from one query for all roles of an answer. */
const roleUses = onePerOperation(
  (ctx: GraphQLContext) =>
    new DataLoader<Role, RoleUses, string>(
      async (roles) => {
        const uses = await countUsesOfRoles(ctx, roles, keyScopeOf(ctx));
        return roles.map(({ id }) => uses.get(id) ?? { members: 0, apiKeys: 0 });
      },
      { cacheKeyFn: ({ id }) => id },
    ),
);

const roleUsesScan = keptCountScan('roleUses');

builder.objectType(RoleRef, {
  description: 'A named set of permissions that members and keys carry',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Unique in the organization' }),
    description: t.exposeString('description', { nullable: true, description: 'What the role is for' }),
    permissions: t.field({
      type: ['Permission'],
      description: 'What its holders may do',
      resolve: (role) => [...role.permissions],
    }),
    system: t.exposeBoolean('system', {
      description: 'Whether it is one of owner, admin and member, which nobody can change or delete',
    }),
    memberCount: t.int({
      nullable: true,
      description: 'How many members have it',
      extensions: { scan: roleUsesScan },
      authScopes: (role) => ({ organizationWide: [role.organizationId, 'role.view'] }),
      resolve: async (role, _args, ctx) => (await roleUses(ctx).load(role)).members,
    }),
    apiKeyCount: t.int({
      nullable: true,
      description: 'How many keys that are not revoked have it',
      extensions: { scan: roleUsesScan },
      authScopes: (role) => ({ permissionIn: [role.organizationId, 'role.view'] }),
      resolve: async (role, _args, ctx) => (await roleUses(ctx).load(role)).apiKeys,
    }),
  }),
});

findsNode('Role', async (id, ctx) => {
  const role = await RoleRef.getDataloader(ctx).load(id).catch(nullIfMissing);
  return role && ctx.principal?.can(role.organizationId, 'role.view') ? role : null;
});
