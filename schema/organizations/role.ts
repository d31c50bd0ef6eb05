import DataLoader from 'dataloader';
import { keyScopeOf } from '../../src/access/key-scope.ts';
import { countUsesOfRoles, type Role, type RoleUses } from '../../src/roles/role.ts';
import { builder } from '../builder.ts';
import type { GraphQLContext } from '../context.ts';
import { nullIfMissing } from '../loaded.ts';
import { findsNode } from '../node.ts';
import { onePerOperation } from '../operation-caches.ts';
import { OrganizationRef, RoleRef } from '../refs.ts';
import { keptCountScan } from '../scan.ts';

/** One query for both counts of all roles in a response. */
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
  description: 'A named set of permissions that can be assigned to members and API keys',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name of the role, unique in the organization' }),
    description: t.exposeString('description', { nullable: true, description: 'Description of the role' }),
    permissions: t.field({
      type: ['Permission'],
      description: 'Permissions of the role',
      resolve: (role) => [...role.permissions],
    }),
    system: t.exposeBoolean('system', {
      description: 'Whether the role is owner, admin or member. System roles can’t be changed or deleted',
    }),
    organization: t.field({
      type: OrganizationRef,
      nullable: true,
      description: 'Organization that the role belongs to. Requires `organization.view`',
      authScopes: (role) => ({ permissionIn: [role.organizationId, 'organization.view'] }),
      resolve: (role) => role.organizationId,
    }),
    memberCount: t.int({
      nullable: true,
      description: 'Number of members with the role',
      extensions: { scan: roleUsesScan },
      authScopes: (role) => ({ organizationWide: [role.organizationId, 'role.view'] }),
      resolve: async (role, _args, ctx) => (await roleUses(ctx).load(role)).members,
    }),
    apiKeyCount: t.int({
      nullable: true,
      description: 'Number of keys with the role that are not revoked',
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
