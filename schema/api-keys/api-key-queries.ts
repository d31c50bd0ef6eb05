import type { PageArgs } from '../../src/core/page.ts';
import { findApiKey } from '../../src/keys/find-api-key.ts';
import { type ApiKeyListOptions, listApiKeys } from '../../src/keys/lists/list-api-keys.ts';
import { resolveOrganizationId } from '../../src/organizations/resolve-organization.ts';
import { currentCursor } from '../../src/realtime/current-cursor.ts';
import { builder } from '../builder.ts';
import { connectionCost, toConnection } from '../connection.ts';
import type { GraphQLContext } from '../context.ts';
import { ORGANIZATION_ID } from '../organizations/missing-organization.ts';
import { ApiKeyConnection, ApiKeyRef, OrganizationRef, TeamRef } from '../refs.ts';
import { keyListScan, teamKeyListScan } from '../scan.ts';
import { shareRead } from '../shared-reads.ts';
import { ApiKeyFilter, ApiKeyOrder, NEWEST_FIRST } from './api-key-list.ts';
import { selectedProperties } from './api-key-properties.ts';

const listArguments = () =>
  builder.args((t) => ({
    filter: t.field({
      type: ApiKeyFilter,
      description: 'Keys to return. Omit for all keys that are not revoked',
    }),
    orderBy: t.field({ type: ApiKeyOrder, defaultValue: NEWEST_FIRST, description: 'Sort order' }),
  }));

/** A page of keys, read once for all fields of an operation with the same arguments. */
async function listOf(
  ctx: GraphQLContext,
  organizationId: string,
  options: ApiKeyListOptions,
  page: PageArgs,
) {
  const read = () => listApiKeys(ctx, organizationId, options, page);
  return toConnection(await shareRead(ctx, 'apiKeys', [organizationId, options, page], read));
}

/** Path of the organization argument. */
const ARGUMENT = ['organizationId'];

builder.queryFields((t) => ({
  apiKey: t.field({
    type: ApiKeyRef,
    nullable: true,
    description:
      'Looks up an API key by ID. Null if it doesn’t exist or you can’t access it. Requires `api.key.view`',
    authScopes: { permission: 'api.key.view' },
    args: { id: t.arg.id({ required: true, description: 'ID of the key: `key_…`' }) },
    resolve: (_root, { id }, ctx) => findApiKey(ctx, id),
  }),
  apiKeys: t.connection(
    {
      type: ApiKeyRef,
      nullable: true,
      description: 'Lists the API keys of an organization. Requires `api.key.view`',
      authScopes: (_root, { organizationId }, ctx) => ({
        permissionIn: [resolveOrganizationId(ctx, organizationId, ARGUMENT), 'api.key.view'],
      }),
      complexity: connectionCost,
      extensions: { scan: keyListScan },
      args: {
        organizationId: t.arg.id({
          description: ORGANIZATION_ID,
        }),
        ...listArguments(),
      },
      resolve: (_root, { organizationId, filter, orderBy, ...page }, ctx, info) =>
        listOf(
          ctx,
          resolveOrganizationId(ctx, organizationId, ARGUMENT),
          { filter, orderBy, properties: selectedProperties(info) },
          page,
        ),
    },
    ApiKeyConnection,
  ),
  apiKeyChangesCursor: t.string({
    nullable: true,
    description:
      'Cursor of the organization’s latest change. Read it before you load keys, and pass it as `after` to `apiKeyChanged` to receive every change made since. Requires `api.key.view`',
    authScopes: (_root, { organizationId }, ctx) => ({
      permissionIn: [resolveOrganizationId(ctx, organizationId, ARGUMENT), 'api.key.view'],
    }),
    args: { organizationId: t.arg.id({ description: ORGANIZATION_ID }) },
    resolve: (_root, { organizationId }, ctx) =>
      currentCursor(ctx, resolveOrganizationId(ctx, organizationId, ARGUMENT)),
  }),
}));

builder.objectField(OrganizationRef, 'apiKeys', (t) =>
  t.connection(
    {
      type: ApiKeyRef,
      nullable: true,
      description: 'API keys of the organization. Requires `api.key.view`',
      authScopes: (organization) => ({ permissionIn: [organization.id, 'api.key.view'] }),
      complexity: connectionCost,
      extensions: { scan: keyListScan },
      args: listArguments(),
      resolve: (organization, { filter, orderBy, ...page }, ctx, info) =>
        listOf(ctx, organization.id, { filter, orderBy, properties: selectedProperties(info) }, page),
    },
    ApiKeyConnection,
  ),
);

builder.objectField(TeamRef, 'apiKeys', (t) =>
  t.connection(
    {
      type: ApiKeyRef,
      nullable: true,
      description: 'API keys bound to the team. Requires `api.key.view`',
      authScopes: (team) => ({ permissionIn: [team.organizationId, 'api.key.view'] }),
      complexity: connectionCost,
      extensions: { scan: teamKeyListScan },
      args: listArguments(),
      resolve: (team, { filter, orderBy, ...page }, ctx, info) =>
        listOf(
          ctx,
          team.organizationId,
          { filter, orderBy, boundToTeam: team.id, properties: selectedProperties(info) },
          page,
        ),
    },
    ApiKeyConnection,
  ),
);
