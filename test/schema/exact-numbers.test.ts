import { expect, test } from 'vitest';
import { onEachDatabase } from '../support/databases.ts';
import { connectLive } from '../support/live-socket.ts';
import { type Answer, makeApiKey, makeMember, send, serverOn, type TestMember } from '../support/server.ts';
import { eventually } from '../support/wait.ts';

const UPDATE =
  'mutation ($input: UpdateApiKeyInput!) { updateApiKey(input: $input) { __typename ... on UpdateApiKeyPayload { apiKey { metadata } } } }';

const LOST = 'whole numbers beyond 2^53 - 1 would lose digits: send them as strings';

onEachDatabase('whole numbers beyond 2^53 - 1', (engine) => {
  const server = serverOn(engine);

  /** As it is written: JSON.stringify would have rounded numbers already. */
  async function post({ sessionToken }: TestMember, query: string, variables: string): Promise<Answer> {
    const { status, headers, body } = await send(server(), {
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${sessionToken}` },
      body: `{"query":${JSON.stringify(query)},"variables":${variables}}`,
    });
    return { status, headers, data: body.data, errors: body.errors ?? [] };
  }

  test('are rejected in variables with their place, and nothing is changed', async () => {
    const member = await makeMember(server());
    const { id } = await makeApiKey(server(), member.organizationId, { metadata: { plan: 'pro' } });
    const update = (metadata: string) =>
      post(member, UPDATE, `{"input":{"id":"${id}","metadata":${metadata}}}`);
    for (const [metadata, at] of [
      ['{"order":9007199254740993}', 'input.metadata.order'],
      ['{"a":[1,{"b":-123456789012345678901234567890}]}', 'input.metadata.a[1].b'],
      ['{"a":1e400}', 'input.metadata.a'],
    ] as const) {
      const { errors } = await update(metadata);
      expect(errors).toMatchObject([
        {
          message: `Variable "$input" got an invalid value at "${at}"; ${LOST}.`,
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ]);
    }
    const kept = '{"order":9007199254740991,"id":"12345678901234567890","mass":5.9722e24}';
    const { data } = await update(kept);
    expect(data).toEqual({
      updateApiKey: { __typename: 'UpdateApiKeyPayload', apiKey: { metadata: JSON.parse(kept) } },
    });
  });

  test('are rejected in variables of every other type', async () => {
    const member = await makeMember(server());
    for (const [type, use] of [
      ['ID!', 'node(id: $x) { id }'],
      ['Int', 'apiKeys(first: $x) { nodes { id } }'],
    ]) {
      const { errors } = await post(member, `query ($x: ${type}) { ${use} }`, '{"x":9007199254740993}');
      expect(errors).toMatchObject([{ message: `Variable "$x" got an invalid value; ${LOST}.` }]);
    }
  });

  test('are rejected in literals', async () => {
    const member = await makeMember(server());
    const { id } = await makeApiKey(server(), member.organizationId);
    const literal = `mutation { updateApiKey(input: { id: "${id}", metadata: { a: [9007199254740993] } }) { __typename } }`;
    const { errors } = await post(member, literal, '{}');
    expect(errors).toMatchObject([{ message: expect.stringContaining(LOST) }]);
  });

  test('are rejected in addresses and on sockets too', async () => {
    const { sessionToken } = await makeMember(server());
    const query = 'query ($x: ID!) { node(id: $x) { id } }';
    const search = new URLSearchParams({ query, variables: '{"x":9007199254740993}' });
    const headers = { Authorization: `Bearer ${sessionToken}` };
    const response = await fetch(`${server().url}/graphql?${search}`, { headers });
    expect(await response.json()).toMatchObject({ errors: [{ message: expect.stringContaining(LOST) }] });
    const socket = await connectLive(server(), sessionToken);
    const payload = `{"query":${JSON.stringify(query)},"variables":{"x":9007199254740993}}`;
    socket.send(`{"type":"subscribe","id":"1","payload":${payload}}`);
    await eventually(() => socket.messages.some(({ type }) => type === 'error'));
    expect(JSON.stringify(socket.messages)).toContain(LOST);
  });
});
