import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createTeam } from '../../src/teams/create-team.ts';
import { onEachDatabase } from '../support/databases.ts';
import { anyone } from '../support/live.ts';
import { copyKey } from '../support/many-keys.ts';
import { ask, makeApiKey, makeMember, makeOperatorToken, serverOn } from '../support/server.ts';

const LIST = `query ($id: ID, $metadata: JSONObject, $status: [ApiKeyStatus!]) {
  apiKeys(organizationId: $id, filter: { metadata: $metadata, status: $status }) { totalCount nodes { name } } }`;

onEachDatabase('a list of keys filtered by metadata', (engine) => {
  const server = serverOn(engine);

  async function made() {
    const member = await makeMember(server());
    const { organizationId, sessionToken } = member;
    const create = (name: string, metadata: Record<string, unknown>, given = {}) =>
      makeApiKey(server(), organizationId, { name, metadata, ...given });
    const list = (metadata: unknown, { token = sessionToken, ...variables }: Record<string, unknown> = {}) =>
      ask(server(), LIST, { token: token as string, variables: { metadata, ...variables } });
    const names = async (metadata: unknown, options: Record<string, unknown> = {}) => {
      const { data, errors } = await list(metadata, options);
      expect(errors).toEqual([]);
      const { totalCount, nodes } = (data as { apiKeys: { totalCount: number; nodes: { name: string }[] } })
        .apiKeys;
      expect(totalCount).toBe(nodes.length);
      return nodes.map(({ name }) => name).sort();
    };
    return { ...member, create, list, names };
  }

  test('finds keys that have all of the members, with values of the same type', async () => {
    const { create, names } = await made();
    await create('A', { plan: 'pro', seats: 5, trial: false, note: null });
    await create('B', { plan: 'pro', seats: '5', trial: true });
    await create('C', { plan: 'Pro', nested: { plan: 'pro' }, list: ['pro'] });
    await create('D', {});
    expect(await names({ plan: 'pro' })).toEqual(['A', 'B']);
    expect(await names({ plan: 'pro', seats: 5 })).toEqual(['A']);
    expect(await names({ seats: '5' })).toEqual(['B']);
    expect(await names({ trial: true })).toEqual(['B']);
    expect(await names({ note: null })).toEqual(['A']);
    expect(await names({ list: 'pro' })).toEqual([]);
    for (const all of [{}, null, undefined]) expect(await names(all)).toEqual(['A', 'B', 'C', 'D']);
  });

  test('takes literals in the document, and follows updates, rotations and revocations', async () => {
    const { create, names, sessionToken } = await made();
    const { id } = await create('A', { plan: 'pro' });
    const literal = '{ apiKeys(filter: { metadata: { plan: "pro" } }) { nodes { id } } }';
    expect((await ask(server(), literal, { token: sessionToken })).data).toEqual({
      apiKeys: { nodes: [{ id }] },
    });
    const change = (mutation: string) =>
      ask(server(), `mutation { ${mutation} { __typename } }`, { token: sessionToken });
    await change(`updateApiKey(input: { id: "${id}", metadata: { plan: "free" } })`);
    expect([await names({ plan: 'pro' }), await names({ plan: 'free' })]).toEqual([[], ['A']]);
    await change(`rotateApiKey(input: { id: "${id}" })`);
    expect(await names({ plan: 'free' })).toEqual(['A']);
    await change(`revokeApiKey(input: { id: "${id}" })`);
    expect(await names({ plan: 'free' })).toEqual([]);
    expect(await names({ plan: 'free' }, { status: ['REVOKED'] })).toEqual(['A']);
  });

  test('finds imported keys', async () => {
    const { names, sessionToken } = await made();
    const digest = (text: string) => createHash('sha256').update(text).digest('hex');
    const keys = ['one', 'two'].map((name) => ({
      ...{ name, foreignId: name, algorithm: 'SHA256', hash: digest(`${name}-of-another-system`) },
      metadata: { plan: 'pro', name },
    }));
    const document = `mutation ($keys: [ImportApiKeyInput!]!) {
      importApiKeys(input: { keys: $keys }) { ... on ImportApiKeysPayload { created } } }`;
    const { data } = await ask(server(), document, { token: sessionToken, variables: { keys } });
    expect(data).toEqual({ importApiKeys: { created: 2 } });
    expect([await names({ plan: 'pro' }), await names({ name: 'two' })]).toEqual([['one', 'two'], ['two']]);
  });

  test('finds nothing of another organization or team', async () => {
    const [own, other] = [await made(), await made()];
    const { organizationId, create, names } = own;
    const team = async (name: string) =>
      (await createTeam(anyone(server()), { organizationId, name })).result.id;
    const [mine, theirs] = [await team('Mine'), await team('Theirs')];
    await create('Mine', { plan: 'pro' }, { teamIds: [mine] });
    await create('Theirs', { plan: 'pro', secret: 'guess' }, { teamIds: [theirs] });
    await other.create('Foreign', { plan: 'pro' });
    const { secret: bound } = await create('Bound', {}, { grants: ['api.key.view'], teamIds: [mine] });
    expect(await names({ plan: 'pro' }, { token: bound })).toEqual(['Mine']);
    expect(await names({ secret: 'guess' }, { token: bound })).toEqual([]);
    expect(await names({ plan: 'pro' })).toEqual(['Mine', 'Theirs']);
    expect(await other.names({ plan: 'pro' })).toEqual(['Foreign']);
    const operator = await makeOperatorToken(server(), `lists-${organizationId}`);
    expect(await names({ plan: 'pro' }, { token: operator, id: organizationId })).toEqual(['Mine', 'Theirs']);
  });

  test('tells nothing to callers that can’t read the metadata', async () => {
    const { create, list, organizationId } = await made();
    await create('A', { plan: 'pro' });
    for (const grants of [[], ['api.key.verify'], ['organization.view', 'api.key.create']]) {
      const { secret } = await create('Caller', { own: 'x' }, { grants });
      const answers = [];
      for (const metadata of [{ plan: 'pro' }, { plan: 'none' }, { own: 'x' }])
        answers.push(await list(metadata, { token: secret, id: organizationId }));
      for (const { data, errors } of answers) {
        expect(data).toEqual({ apiKeys: null });
        expect(errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
      }
    }
  });

  describe('rejects before it reads any key', () => {
    const members = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`m${at}`, at]));
    test.each<[string, unknown]>([
      ['11 members', members(11)],
      ['thousands of members', members(5_000)],
      ['a list', { a: ['pro'] }],
      ['an object', { a: { b: 1 } }],
      ['a long name', { ['x'.repeat(201)]: 1 }],
      ['a long text', { a: 'x'.repeat(201) }],
      ['NUL', { a: 'x\0' }],
      ['NUL in a name', { 'x\0': 1 }],
      ['a lone surrogate', { a: '\ud800' }],
      ['a noncharacter', { a: '\ufdd0' }],
      ['text instead of an object', 'plan'],
      ['a list instead of an object', [{ plan: 'pro' }]],
    ])('%s', async (_what, metadata) => {
      const { list } = await made();
      const before = server().statements.length;
      const { data, errors } = await list(metadata);
      expect(data?.apiKeys ?? null).toBeNull();
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
      expect(JSON.stringify(errors).length).toBeLessThan(1_000);
      const filtered = server()
        .statements.slice(before)
        .filter((text) => text.includes('metadata'));
      expect(filtered).toEqual([]);
    });

    test('but not 10 members with 200 characters each', async () => {
      const { create, names } = await made();
      const most = Object.fromEntries(
        Array.from({ length: 10 }, (_, at) => [`${at}`.padEnd(200, 'n'), `${at}`.padEnd(200, 'v')]),
      );
      await create('Most', most);
      expect(await names(most)).toEqual(['Most']);
    });
  });

  test('costs the reading of all keys', async () => {
    const { create, organizationId, sessionToken } = await made();
    const { id } = await create('A', { plan: 'pro' });
    await copyKey(server(), id, 5_100);
    const cost = async (metadata: Record<string, unknown>) => {
      const headers = {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${sessionToken}`,
        'X-Keywright-Cost': '1',
      };
      const query =
        'query ($id: ID, $metadata: JSONObject) { apiKeys(organizationId: $id, first: 1, filter: { metadata: $metadata }) { nodes { id } } }';
      const body = JSON.stringify({ query, variables: { id: organizationId, metadata } });
      const response = await fetch(`${server().url}/graphql`, { method: 'POST', headers, body });
      return ((await response.json()) as { extensions: { cost: { requested: number } } }).extensions.cost
        .requested;
    };
    expect(await cost({ plan: 'pro' })).toBeGreaterThan(1_900);
  });
});
