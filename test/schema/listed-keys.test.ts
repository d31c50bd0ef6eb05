import { type GraphQLField, getNamedType, isCompositeType, isLeafType, isObjectType } from 'graphql';
import { expect, it } from 'vitest';
import { schema } from '../../schema/index.ts';
import { systemPrincipal } from '../../src/access/principal.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { onEachDatabase } from '../support/databases.ts';
import { ask, makeApiKey, makeMember, serverOn } from '../support/server.ts';
import { contextFor, roleNamed } from '../support/services.ts';

const KEYS =
  'apiKeys(filter: { status: [ACTIVE, DISABLED, EXPIRED, REVOKED] }, orderBy: { field: NAME, direction: ASC })';

/** A field of a key with something of everything below it. */
function asked({ name, type }: GraphQLField<unknown, unknown>): string {
  const named = getNamedType(type);
  if (!isCompositeType(named)) return name;
  if (!isObjectType(named))
    return `${name} { ... on User { email } ... on ApiKey { name } ... on SystemActor { name } }`;
  const below = Object.values(named.getFields()).filter((field) => isLeafType(getNamedType(field.type)));
  return `${name} { __typename ${below.map((field) => field.name).join(' ')} }`;
}

function fieldsOfKeys(): GraphQLField<unknown, unknown>[] {
  const type = schema.getType('ApiKey');
  return isObjectType(type) ? Object.values(type.getFields()) : [];
}

onEachDatabase('keys in a list', (engine) => {
  const server = serverOn(engine);

  async function made() {
    const member = await makeMember(server());
    const { organizationId } = member;
    const ctx = contextFor(server().services, systemPrincipal('test'));
    const team = (await createTeam(ctx, { name: 'Platform', organizationId })).result;
    const role = await roleNamed(ctx, organizationId, 'member');
    const full = {
      roleId: role.id,
      teamIds: [team.id],
      grants: ['prompt.render'],
      ipAllowlist: ['10.0.0.0/8'],
      rateLimit: { limit: 5, windowSeconds: 60 },
      externalId: 'customer-1',
      metadata: { plan: 'pro' },
      description: 'Everything',
      expiresAt: server().clock.now() + 86_400_000,
    };
    const one = await makeApiKey(server(), organizationId, { ...full, name: 'A', ipAllowlist: [] });
    await makeApiKey(server(), organizationId, { ...full, name: 'B' });
    const plain = await makeApiKey(server(), organizationId, { name: 'C', environment: 'test' });
    await updateApiKey(ctx, { id: plain.id, enabled: false });
    const gone = await makeApiKey(server(), organizationId, { name: 'D' });
    await revokeApiKey(ctx, { id: gone.id, reason: 'Leaked' });
    await makeApiKey(server(), organizationId, { name: 'E', expiresAt: server().clock.now() + 1_000 });
    server().clock.advance(2_000);
    // A use, written and not written.
    await ask(server(), '{ viewer { __typename } }', { token: one.secret });
    await server().services.usage.flush();
    const read = async (query: string) => {
      const { data, errors } = await ask(server(), query, { token: member.sessionToken });
      expect(errors).toEqual([]);
      return data;
    };
    return { read, organizationId };
  }

  it('have the same fields, whichever are asked for with them', async () => {
    const { read } = await made();
    const { apiKeys } = await read(`{ ${KEYS} { nodes { id } } }`);
    const ids = (apiKeys.nodes as { id: string }[]).map(({ id }) => id);
    expect(ids).toHaveLength(5);
    for (const field of fieldsOfKeys()) {
      const whole = await Promise.all(ids.map((id) => read(`{ apiKey(id: "${id}") { ${asked(field)} } }`)));
      const expected = whole.map(({ apiKey }) => apiKey as unknown);
      const listed = await read(
        `{ ${KEYS} { nodes { ${asked(field)} } edges { node { ${asked(field)} } } } }`,
      );
      expect(listed.apiKeys.nodes, field.name).toEqual(expected);
      expect(listed.apiKeys.edges, field.name).toEqual(expected.map((node) => ({ node })));
      const alone = await read(
        `{ ${KEYS} { nodes { ...Asked } } } fragment Asked on ApiKey { ... on Node { __typename } ${asked(field)} }`,
      );
      expect(alone.apiKeys.nodes, field.name).toEqual(
        expected.map((node) => ({ __typename: 'ApiKey', ...(node as object) })),
      );
    }
  });

  it('are read only as far as they are asked for', async () => {
    const { read } = await made();
    const statementFor = async (rows: string) => {
      server().statements.length = 0;
      await read(`{ apiKeys ${rows} }`);
      return server().statements.find((statement) => statement.includes('sort_value')) ?? '';
    };
    const some = await statementFor('{ nodes { id status } }');
    expect(some).toContain('"expires_at"');
    expect(some).not.toMatch(/metadata|grants|last_used/);
    const none = await statementFor('{ edges { cursor } pageInfo { hasNextPage } }');
    expect(none).not.toMatch(/metadata|"name"|api_key_usage/);
    expect(await statementFor('{ nodes { ... on Node { id } metadata } }')).toContain('metadata');
  });

  it('say in both directions whether there are rows beyond the page, and only where there are', async () => {
    const { organizationId, sessionToken: token } = await makeMember(server());
    for (const name of ['A', 'B', 'C']) await makeApiKey(server(), organizationId, { name });
    const page = async (args: string) => {
      const query = `{ apiKeys(orderBy: { field: NAME, direction: ASC }, ${args}) {
        edges { cursor node { id } } pageInfo { hasPreviousPage hasNextPage } } }`;
      return (await ask(server(), query, { token })).data.apiKeys;
    };
    const infoOf = async (args: string) => {
      const { hasPreviousPage, hasNextPage } = (await page(args)).pageInfo;
      return [hasPreviousPage, hasNextPage];
    };
    const { edges } = await page('first: 3');
    const [first, third] = [edges[0].cursor, edges[2].cursor];
    expect(await infoOf('first: 3')).toEqual([false, false]);
    expect(await infoOf(`first: 1, after: "${first}"`)).toEqual([true, true]);
    expect(await infoOf(`first: 2, after: "${first}"`)).toEqual([true, false]);
    expect(await infoOf(`last: 2, before: "${third}"`)).toEqual([false, true]);
    expect(await infoOf(`first: 5, after: "${third}"`)).toEqual([true, false]);
    expect(await infoOf(`last: 5, before: "${first}"`)).toEqual([false, true]);
    expect(await infoOf('first: 0')).toEqual([false, true]);
    expect(await infoOf('last: 0')).toEqual([true, false]);
    await revokeApiKey(contextFor(server().services, systemPrincipal('test')), { id: edges[0].node.id });
    // Before the first of the others there is none any more.
    expect(await infoOf(`first: 1, after: "${first}"`)).toEqual([false, true]);
    expect(await infoOf(`last: 5, before: "${first}"`)).toEqual([false, true]);
  });
});
