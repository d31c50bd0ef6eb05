import type { Principal } from '../src/access/principal.ts';
import { UnauthenticatedError } from '../src/core/errors.ts';
import { listOrganizations } from '../src/organizations/list-organizations.ts';
import { resolveOrganizationId } from '../src/organizations/resolve-organization.ts';
import { listSessions } from '../src/sessions/list-sessions.ts';
import { Actor, findActor } from './actor.ts';
import { builder } from './builder.ts';
import { connectionCost, toConnection } from './connection.ts';
import { ORGANIZATION_LEFT_OUT } from './organization-left-out.ts';
import { OrganizationConnection, OrganizationRef } from './refs.ts';
import { SessionRef } from './session.ts';
import { shareRead } from './shared-reads.ts';

const ViewerRef = builder.objectRef<Principal>('Viewer').implement({
  description: 'Who is asking',
  fields: (t) => ({
    actor: t.field({
      type: Actor,
      description: 'The person, key or operator token behind the credential',
      resolve: ({ actor }, _args, ctx) => findActor(ctx, actor, null),
    }),
    organizations: t.connection(
      {
        type: OrganizationRef,
        description: 'The organizations that the caller belongs to; all of them for an operator token',
        complexity: connectionCost,
        resolve: async (_viewer, args, ctx) =>
          toConnection(await shareRead(ctx, 'organizations', [args], () => listOrganizations(ctx, args))),
      },
      OrganizationConnection,
    ),
    permissions: t.field({
      type: ['Permission'],
      description: 'What the caller holds in an organization, wildcards as they are',
      args: {
        organizationId: t.arg.id({
          description: ORGANIZATION_LEFT_OUT,
        }),
      },
      resolve: async (viewer, { organizationId }, ctx) => {
        const id = resolveOrganizationId(ctx, organizationId, ['organizationId']);
        // An operator holds everything everywhere, but there must be such an organization.
        await OrganizationRef.getDataloader(ctx).load(id);
        return [...viewer.permissionsIn(id)];
      },
    }),
    sessions: t.field({
      type: [SessionRef],
      description:
        'The person’s own sessions that go on, the latest used first, at most 100; none for keys and operator tokens',
      complexity: { field: 1, multiplier: 25 },
      resolve: (_viewer, _args, ctx) => listSessions(ctx),
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: ViewerRef,
    description: 'Who is asking, and what they may do',
    authScopes: { authenticated: true },
    resolve: (_root, _args, { principal }) => {
      if (!principal) throw new UnauthenticatedError();
      return principal;
    },
  }),
);
