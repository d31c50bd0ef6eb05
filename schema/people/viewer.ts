import type { Principal } from '../../src/access/principal.ts';
import { UnauthenticatedError } from '../../src/core/errors.ts';
import { isId } from '../../src/core/ids.ts';
import { listOrganizations } from '../../src/organizations/list-organizations.ts';
import { resolveOrganizationId } from '../../src/organizations/resolve-organization.ts';
import { listSessions } from '../../src/sessions/list-sessions.ts';
import { builder } from '../builder.ts';
import { connectionCost, toConnection } from '../connection.ts';
import { nullIfMissing } from '../loaded.ts';
import { ORGANIZATION_ID } from '../organizations/missing-organization.ts';
import { OrganizationConnection, OrganizationRef, SessionRef } from '../refs.ts';
import { shareRead } from '../shared-reads.ts';
import { Actor, findActor } from './actor.ts';

const ViewerRef = builder.objectRef<Principal>('Viewer').implement({
  description: 'The authenticated caller',
  fields: (t) => ({
    id: t.id({
      description:
        'ID of the caller, for caches of clients. It differs from the ID of `actor`, and can’t be passed to `node`',
      // Relay's store has a single namespace for the IDs of all types.
      resolve: ({ actor }) => `viewer:${actor}`,
    }),
    actor: t.field({
      type: Actor,
      description: 'The user, API key or operator token that the credential belongs to',
      resolve: ({ actor }, _args, ctx) => findActor(ctx, actor, null),
    }),
    organizations: t.connection(
      {
        type: OrganizationRef,
        description: 'Organizations that the caller belongs to. For an operator token, all organizations',
        complexity: connectionCost,
        resolve: async (_viewer, args, ctx) =>
          toConnection(await shareRead(ctx, 'organizations', [args], () => listOrganizations(ctx, args))),
      },
      OrganizationConnection,
    ),
    permissions: t.field({
      type: ['Permission'],
      description:
        'Permissions of the caller in an organization. Wildcards are not expanded. Empty if the organization doesn’t exist or the caller doesn’t belong to it',
      args: {
        organizationId: t.arg.id({
          description: ORGANIZATION_ID,
        }),
      },
      resolve: async (viewer, { organizationId }, ctx) => {
        const id = organizationId ?? resolveOrganizationId(ctx, organizationId, ['organizationId']);
        // Not an error, which would remove the viewer.
        if (!isId('org', id) || !viewer.isOf(id)) return [];
        // An operator token has every permission, so check that the organization exists.
        const found = await OrganizationRef.getDataloader(ctx).load(id).catch(nullIfMissing);
        return found ? [...viewer.permissionsIn(id)] : [];
      },
    }),
    sessions: t.field({
      type: [SessionRef],
      description:
        'Active sessions of the user, most recently used first, at most 100. Empty for API keys and operator tokens',
      complexity: { field: 1, multiplier: 25 },
      resolve: (_viewer, _args, ctx) => listSessions(ctx),
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: ViewerRef,
    description: 'The authenticated caller and its permissions',
    authScopes: { authenticated: true },
    resolve: (_root, _args, { principal }) => {
      if (!principal) throw new UnauthenticatedError();
      return principal;
    },
  }),
);
