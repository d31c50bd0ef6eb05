import { graphql } from 'graphql';
import { expect, it } from 'vitest';
import type { GraphQLContext } from '../../schema/context.ts';
import { schema } from '../../schema/index.ts';
import { systemPrincipal } from '../../src/access/principal.ts';
import { newId } from '../../src/core/ids.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { Live } from '../../src/realtime/live.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import {
  AnyNodeDocument,
  AnyNodesDocument,
  ChangeOrganizationDocument,
  EverythingDocument,
  MakeOrganizationDocument,
  MakeTeamDocument,
  SignInDocument,
  SignOutDocument,
  WhoamiDocument,
} from '../generated/graphql.ts';
import { onEachDatabase } from '../support/databases.ts';
import { ask, makeApiKey, makeMember, makeOperatorToken, serverOn } from '../support/server.ts';
import { contextFor, makeOrganization, memberOf, roleNamed, servicesOn } from '../support/services.ts';
import { request } from './request.ts';

onEachDatabase('reading over GraphQL', (engine) => {
  const server = serverOn(engine);

  it('tells each kind of caller who it is', async () => {
    const { sessionToken, organizationId, userId } = await makeMember(server());
    const key = await makeApiKey(server(), organizationId, { grants: ['organization.view'] });
    const operator = await makeOperatorToken(server(), `billing-${engine}`);
    const actorOf = async (token: string) =>
      (await request(server(), token, WhoamiDocument, {})).data.viewer.actor;
    expect(await actorOf(sessionToken)).toMatchObject({ __typename: 'User', id: userId });
    expect(await actorOf(key.secret)).toMatchObject({ __typename: 'ApiKey', id: key.id });
    expect(await actorOf(operator)).toMatchObject({
      __typename: 'SystemActor',
      name: `operator:billing-${engine}`,
    });
    const nobody = await request(server(), undefined, WhoamiDocument, {});
    expect(nobody).toMatchObject({ status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });

  it('shows an owner everything of the organization', async () => {
    const { sessionToken, organizationId, email } = await makeMember(server());
    await request(server(), sessionToken, MakeTeamDocument, { input: { name: 'Platform' } });
    await makeApiKey(server(), organizationId);
    const { data, errors } = await request(server(), sessionToken, EverythingDocument, {});
    expect(errors).toEqual([]);
    expect(data.organization).toMatchObject({
      id: organizationId,
      keyPrefix: 'kw',
      limits: { maxActiveApiKeys: null, activeApiKeys: 1 },
      rotationPolicy: { liveDays: 90, testDays: 180 },
      keySummary: { active: 1, revoked: 0, verifiedLastDay: 0 },
      teams: { nodes: [{ name: 'Platform', members: { totalCount: 0 }, apiKeys: { totalCount: 0 } }] },
      members: { nodes: [{ user: { email }, role: { name: 'owner' } }] },
      roles: { nodes: [{ name: 'owner', memberCount: 1 }, { name: 'admin' }, { name: 'member' }] },
    });
  });

  it('knows an organization that is not there for no caller, and says where one must be named', async () => {
    const { sessionToken } = await makeMember(server());
    const operator = await makeOperatorToken(server(), `nowhere-${engine}`);
    const permissions = `query ($id: ID) { viewer { permissions(organizationId: $id) } }`;
    const { organizationId } = await makeMember(server());
    for (const [token, id] of [
      [sessionToken, organizationId],
      [sessionToken, newId('org')],
      [sessionToken, 'nonsense'],
      [operator, newId('org')],
      [operator, 'nonsense'],
    ] as const) {
      const asked = await ask(server(), permissions, { token, variables: { id } });
      expect(asked).toMatchObject({ errors: [], data: { viewer: { permissions: [] } } });
    }
    const known = await ask(server(), permissions, { token: operator, variables: { id: organizationId } });
    expect(known.data).toEqual({ viewer: { permissions: ['*'] } });
    const places = {
      [permissions]: 'organizationId',
      '{ apiKeys { totalCount } }': 'organizationId',
      '{ organization { id } }': 'id',
    };
    for (const [query, place] of Object.entries(places)) {
      const { errors } = await ask(server(), query, { token: operator });
      const issues = [
        {
          path: [place],
          message: 'is required because operator tokens have access to all organizations',
        },
      ];
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', issues } }]);
    }
  });

  it('leaves out what a member may not see, and answers the rest', async () => {
    const { organizationId } = await makeMember(server());
    const { sessionToken } = await makeMember(server(), { organizationId, role: 'member' });
    const query = '{ organization { name members { totalCount } } }';
    const answer = await request(server(), sessionToken, query as never, {});
    expect(answer.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', permission: 'member.view' } }]);
    const apart = await request(
      server(),
      sessionToken,
      '{ a: organization { name } viewer { actor { __typename } } }' as never,
      {},
    );
    expect(apart.errors).toEqual([]);
  });

  it('finds any object by its id, and nothing of another organization', async () => {
    const { sessionToken, organizationId, userId } = await makeMember(server());
    const stranger = await makeMember(server());
    const key = await makeApiKey(server(), organizationId);
    const { data } = await request(server(), sessionToken, EverythingDocument, {});
    const member = data.organization?.members?.nodes[0]?.id ?? '';
    const entry = data.organization?.auditLog?.nodes[0]?.id ?? '';
    const ids = [organizationId, userId, key.id, member, entry];
    const found = await request(server(), sessionToken, AnyNodesDocument, { ids });
    expect(found.data.nodes).toEqual([
      { __typename: 'Organization', id: organizationId },
      { __typename: 'User', id: userId },
      { __typename: 'ApiKey', id: key.id },
      { __typename: 'Membership', id: member },
      { __typename: 'AuditEntry', id: entry },
    ]);
    for (const id of [...ids, 'nonsense', 'key_01h455vb4pex5vsknk084sn02q', '']) {
      const { data: seen } = await request(server(), stranger.sessionToken, AnyNodeDocument, { id });
      expect(seen.node, id).toBeNull();
    }
  });

  it('makes and changes organizations, signs in and out', async () => {
    const operator = await makeOperatorToken(server(), `setup-${engine}`);
    const make = (input: { name: string; slug?: string }) =>
      request(server(), operator, MakeOrganizationDocument, { input });
    const made = await make({ name: 'Zoë’s Bakery', slug: `zoe-${engine}` });
    expect(made.data.createOrganization).toMatchObject({
      organization: { slug: `zoe-${engine}`, keyPrefix: 'kw' },
    });
    expect((await make({ name: 'Other', slug: `zoe-${engine}` })).data.createOrganization).toMatchObject({
      __typename: 'ConflictError',
    });
    const { sessionToken, organizationId } = await makeMember(server());
    const refused = await request(server(), sessionToken, MakeOrganizationDocument, {
      input: { name: 'Mine' },
    });
    expect(refused.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    const changed = await request(server(), sessionToken, ChangeOrganizationDocument, {
      input: {
        id: organizationId,
        rotationPolicy: { liveDays: null },
        permissionCatalog: [{ name: 'prompt.render' }],
      },
    });
    expect(changed.data.updateOrganization).toMatchObject({
      organization: { rotationPolicy: { liveDays: null, testDays: 180 } },
    });
    const unknown = await request(server(), undefined, SignInDocument, { input: { token: 'nope' } });
    expect(unknown.data.signIn).toMatchObject({ __typename: 'NotFoundError' });
    const out = await request(server(), sessionToken, SignOutDocument, {});
    expect(out.data.signOut).toEqual({ signedOut: true });
    expect(await request(server(), sessionToken, WhoamiDocument, {})).toMatchObject({ status: 401 });
  });
});

onEachDatabase('queries behind a list', (engine) => {
  const services = servicesOn(engine);

  it('are as many for a hundred keys as for one', async () => {
    const { organization, ctx } = await makeOrganization(services());
    const team = (await createTeam(ctx, { name: 'Platform' })).result;
    const role = await roleNamed(ctx, organization.id, 'member');
    const make = (name: string) =>
      createApiKey(contextFor(services(), systemPrincipal('test')), {
        organizationId: organization.id,
        name,
        teamIds: [team.id],
        roleId: role.id,
      });
    const live = new Live(services());
    const count = async (first: number): Promise<number> => {
      const contextValue: GraphQLContext = {
        ...contextFor(services(), memberOf(organization.id, ['*'])),
        live,
        response: {},
      };
      const source = `{ apiKeys(first: ${first}) { nodes {
        id name status permissions role { id name organization { name } } teams { id name }
        secrets { id uses revokedAt } createdBy { __typename }
        organization { name } rotationDueAt } } }`;
      services().statements.length = 0;
      const { errors, data } = await graphql({ schema, source, contextValue });
      expect(errors).toBeUndefined();
      expect(data?.apiKeys).toMatchObject({ nodes: { length: first } });
      return services().statements.length;
    };
    await make('first');
    const one = await count(1);
    for (let index = 0; index < 99; index += 1) await make(`key ${index}`);
    expect(await count(100)).toBe(one);
    expect(one).toBeLessThanOrEqual(7);
  });

  it('are as many for a hundred ids as for one', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const members: string[] = [];
    for (let index = 0; index < 3; index += 1)
      members.push((await makeMember({ services: services() }, { organizationId: organization.id })).userId);
    const live = new Live(services());
    const count = async (ids: readonly string[]): Promise<number> => {
      const source = `query ($ids: [ID!]!) { nodes(ids: $ids) { id
        ... on Organization { limits { activeApiKeys } } ... on User { email } } }`;
      services().statements.length = 0;
      const contextValue: GraphQLContext = { ...ctx, live, response: {} };
      const { errors, data } = await graphql({ schema, source, contextValue, variableValues: { ids } });
      expect(errors).toBeUndefined();
      expect(data?.nodes).toEqual(ids.map((id) => expect.objectContaining({ id })));
      return services().statements.length;
    };
    const some = await count([organization.id, ...members.slice(0, 1)]);
    const repeated = Array.from({ length: 24 }, () => [organization.id, ...members]).flat();
    expect(await count(repeated)).toBe(some);
  });

  it('count nothing unless totalCount is asked for', async () => {
    const { organization, ctx } = await makeOrganization(services());
    await createApiKey(ctx, { organizationId: organization.id, name: 'one' });
    const contextValue: GraphQLContext = { ...ctx, live: new Live(services()), response: {} };
    services().statements.length = 0;
    await graphql({ schema, source: '{ apiKeys { nodes { id } } }', contextValue });
    expect(services().statements.filter((sql) => sql.includes('count(*)'))).toEqual([]);
    const { data } = await graphql({ schema, source: '{ apiKeys { totalCount } }', contextValue });
    expect(data).toEqual({ apiKeys: { totalCount: 1 } });
  });
});
