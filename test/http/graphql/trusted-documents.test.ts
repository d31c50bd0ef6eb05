import { describe, expect, onTestFinished, test } from 'vitest';
import { cookieName } from '../../../src/http/auth/cookies.ts';
import { connectLive } from '../../support/live-socket.ts';
import { manifestOf, sha256, writeManifests } from '../../support/manifests.ts';
import { makeApiKey, makeMember, type RawAnswer, send, startTestServer } from '../../support/server.ts';
import { eventually } from '../../support/wait.ts';

const NAMES = 'query Names { apiKeys { nodes { name } } }';
const CREATE = 'mutation Create($name: String!) { createApiKey(input: { name: $name }) { __typename } }';
const CHANGES = 'subscription Changes { apiKeyChanged { apiKey { name } } }';
const TWO = 'query One { viewer { id } } query Two { __typename }';
const EXPENSIVE =
  'query Expensive { viewer { organizations(first: 100) { nodes { apiKeys(first: 100) { nodes { id } } } } } }';
const MEMBERS = 'query Members { organization { members { nodes { email } } } }';
const OTHER = 'query Other { __typename }';

const DOCUMENTS = [NAMES, CREATE, CHANGES, TWO, EXPENSIVE, MEMBERS];

const id = (text: string) => ({ documentId: sha256(text) });
const hash = (text: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: sha256(text) } } });

/** A server with these documents, a member, and ways to send operations as the member. */
async function serving(only: boolean) {
  const path = writeManifests({ 'persisted.json': { ...manifestOf(DOCUMENTS), names: NAMES } });
  const config = { trustedDocuments: path, trustedDocumentsOnly: only };
  const server = await startTestServer('sqlite', { config });
  onTestFinished(() => server.close());
  const member = await makeMember(server);
  const bearer = member.sessionToken;
  const post = (params: object, headers: Record<string, string> = {}) =>
    send(server, {
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${bearer}`, ...headers },
      body: JSON.stringify(params),
    });
  const get = async (params: Record<string, string>, headers: Record<string, string> = {}) => {
    const response = await fetch(`${server.url}/graphql?${new URLSearchParams(params)}`, {
      headers: { Authorization: `Bearer ${bearer}`, ...headers },
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  return { server, member, post, get };
}

const fault = ({ status, body }: RawAnswer) => [
  status,
  body.errors?.[0]?.extensions.code,
  body.errors?.[0]?.message,
];

const NOT_FOUND = [200, 'PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound'];
const ID_REQUIRED = [
  200,
  'PERSISTED_QUERY_ID_REQUIRED',
  'Only trusted documents are accepted: send the ID of one instead of query',
];

describe.each([false, true])('trusted documents, and nothing else: %s', (only) => {
  test('are executed by ID and by hash, over POST, GET, event streams and sockets', async () => {
    const { server, member, post, get } = await serving(only);
    const created = await post({ ...id(CREATE), variables: { name: 'First' } });
    expect(created.body).toEqual({ data: { createApiKey: { __typename: 'CreateApiKeyPayload' } } });
    const data = { apiKeys: { nodes: [{ name: 'First' }] } };
    const ways = [
      id(NAMES),
      hash(NAMES),
      { documentId: 'names' },
      { documentId: `sha256:${sha256(NAMES)}` },
      { ...id(NAMES), ...hash(NAMES) },
      { documentId: `sha256:${sha256(NAMES)}`, ...hash(NAMES) },
      { query: '', ...id(NAMES) },
      { query: null, ...hash(NAMES) },
      { query: NAMES, ...id(NAMES) },
      { query: NAMES, ...hash(NAMES) },
    ];
    for (const params of ways) expect((await post(params)).body, JSON.stringify(params)).toEqual({ data });
    expect((await get(id(NAMES))).text).toBe(JSON.stringify({ data }));
    const extensions = JSON.stringify(hash(NAMES).extensions);
    expect((await get({ extensions })).text).toBe(JSON.stringify({ data }));
    const stream = await get(id(NAMES), { Accept: 'text/event-stream' });
    expect(stream.text).toContain(`event: next\ndata: ${JSON.stringify({ data })}\n`);

    const socket = await connectLive(server, member.sessionToken);
    const payloads: object[] = [id(NAMES), hash(NAMES), id(CHANGES)].map((params) => ({
      query: '',
      ...params,
    }));
    for (const [at, payload] of payloads.entries()) socket.send({ type: 'subscribe', id: `${at}`, payload });
    const answer = (at: number) =>
      socket.messages.find((one) => one.id === `${at}` && one.type === 'next')?.payload;
    await eventually(() => answer(0) && answer(1));
    expect([answer(0), answer(1)]).toEqual([{ data }, { data }]);
    await eventually(() => server.app.liveServer.subscriptions.counts.subscribers === 1);
    await post({ ...id(CREATE), variables: { name: 'Second' } });
    await eventually(() => answer(2));
    expect(answer(2)).toEqual({ data: { apiKeyChanged: { apiKey: { name: 'Second' } } } });
  });

  test('are not extended by clients, and unknown IDs reveal nothing', async () => {
    const { server, member, post, get } = await serving(only);
    const socket = await connectLive(server, member.sessionToken);
    for (const documentId of [
      sha256(OTHER),
      `sha256:${sha256(OTHER)}`,
      '__proto__',
      'constructor',
      '',
      'x'.repeat(9e5),
    ])
      expect(fault(await post({ documentId })), documentId.slice(0, 80)).toEqual(NOT_FOUND);
    // With the text, as clients register documents: nothing is kept of it.
    const registered = await post({ query: OTHER, ...hash(OTHER) });
    if (only) expect(fault(registered)).toEqual(ID_REQUIRED);
    else expect(registered.body).toEqual({ data: { __typename: 'Query' } });
    expect(fault(await post(hash(OTHER)))).toEqual(NOT_FOUND);
    expect((await get(id(OTHER), { Accept: 'application/graphql-response+json' })).status).toBe(400);
    socket.send({ type: 'subscribe', id: 'x', payload: { query: '', ...id(OTHER) } });
    await eventually(() => socket.messages.find(({ type }) => type === 'error'));
    expect(socket.messages.find(({ type }) => type === 'error')?.payload).toEqual([
      { message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } },
    ]);
  });

  test('are not replaced by another text or a malformed ID', async () => {
    const { post, get } = await serving(only);
    const mismatch = [400, 'BAD_REQUEST', 'query is not the document with this ID'];
    for (const params of [id(NAMES), hash(NAMES), { documentId: 'names' }]) {
      expect(fault(await post({ query: OTHER, ...params }))).toEqual(mismatch);
      expect(fault(await post({ query: `${NAMES} `, ...params }))).toEqual(mismatch);
    }
    const persistedQuery = (value: unknown) => ({ extensions: { persistedQuery: value } });
    for (const params of [
      { documentId: 1 },
      { documentId: [sha256(NAMES)] },
      { documentId: { toString: sha256(NAMES) } },
      { documentId: true, query: NAMES },
      persistedQuery({ version: 1, sha256Hash: 1 }),
      persistedQuery({ version: 2, sha256Hash: sha256(NAMES) }),
      persistedQuery({ sha256Hash: sha256(NAMES) }),
      persistedQuery([sha256(NAMES)]),
      { ...id(NAMES), ...hash(CREATE) },
      { id: sha256(NAMES) },
      [id(NAMES)],
      {},
    ]) {
      const [status, code] = fault(await post(params));
      expect([status, code], JSON.stringify(params)).toEqual([400, 'BAD_REQUEST']);
    }
    expect(fault(await post({ query: '' }))).toEqual([400, 'BAD_REQUEST', 'query is empty']);
    expect((await get({ query: '' })).status).toBe(400);
  });

  test('skip no rule: the operation, variables, the method, cost, permissions and the credential', async () => {
    const { server, member, post, get } = await serving(only);
    expect(fault(await post(id(TWO)))).toEqual([
      200,
      'BAD_REQUEST',
      expect.stringContaining('operationName'),
    ]);
    expect((await post({ ...id(TWO), operationName: 'Two' })).body).toEqual({
      data: { __typename: 'Query' },
    });
    expect(fault(await post(id(CREATE)))[1]).toBe('BAD_USER_INPUT');
    const variables = JSON.stringify({ name: 'By GET' });
    const byGet = await get({ ...id(CREATE), variables });
    expect([byGet.status, byGet.headers.get('allow')]).toEqual([405, 'POST']);
    expect(fault(await post(id(EXPENSIVE)))[1]).toBe('QUERY_TOO_COMPLEX');
    const charged = async (params: object) =>
      (await post(params, { 'X-Keywright-Cost': '1' })).body as {
        extensions?: { cost: { requested: number } };
      };
    const cost = (await charged(id(NAMES))).extensions?.cost.requested;
    expect(cost).toBeGreaterThan(1);

    const { secret } = await makeApiKey(server, member.organizationId, { grants: ['api.key.view'] });
    const asKey = { Authorization: `Bearer ${secret}` };
    expect(fault(await post({ ...id(CREATE), variables: { name: 'No' } }, asKey))[1]).toBe('FORBIDDEN');
    expect(fault(await post(id(MEMBERS), asKey))[1]).toBe('FORBIDDEN');
    expect(fault(await post(id(NAMES), { Authorization: '' })).slice(0, 2)).toEqual([401, 'UNAUTHENTICATED']);
    expect((await post(id(NAMES), { Authorization: 'Bearer sess_x' })).status).toBe(401);
    const { data } = (await post(id(NAMES))).body as { data: { apiKeys: { nodes: { name: string }[] } } };
    expect(data.apiKeys.nodes).toEqual([{ name: 'A key' }]);
  });

  test('can’t be sent by pages of other sites', async () => {
    const { server, member, post } = await serving(only);
    const plain = await post({ ...id(CREATE), variables: { name: 'X' } }, { 'Content-Type': 'text/plain' });
    expect(plain.status).toBe(415);
    const Cookie = `${cookieName(server.url)}=${member.sessionToken}`;
    const send = (search: string, headers: Record<string, string>, body: object | null) =>
      fetch(`${server.url}/graphql${search}`, {
        ...(body && { method: 'POST', body: JSON.stringify(body) }),
        headers: { Cookie, ...(body && { 'Content-Type': 'application/json' }), ...headers },
      });
    expect((await send(`?${new URLSearchParams(id(NAMES))}`, {}, null)).status).toBe(401);
    expect((await send('', {}, id(NAMES))).status).toBe(401);
    expect((await send('', { 'X-Requested-With': 'keywright' }, id(NAMES))).status).toBe(200);
  });

  test(`${only ? 'are the only ones' : 'are not the only ones'}, over each transport`, async () => {
    const { server, member, post, get } = await serving(only);
    const socket = await connectLive(server, member.sessionToken);
    const live = socket.subscribe(OTHER);
    const stream = await get({ query: OTHER }, { Accept: 'text/event-stream' });
    const introspection = await post({ query: '{ __schema { queryType { name } } }' });
    if (!only) {
      expect((await post({ query: OTHER })).body).toEqual({ data: { __typename: 'Query' } });
      expect(stream.text).toContain('"__typename":"Query"');
      expect(introspection.body.errors).toBeUndefined();
      return void (await live.received(1));
    }
    for (const query of [OTHER, NAMES, `${NAMES} `, CHANGES, '{', '{ nothing }'])
      expect(fault(await post({ query })), query).toEqual(ID_REQUIRED);
    expect((await get({ query: OTHER })).text).toContain('PERSISTED_QUERY_ID_REQUIRED');
    expect(stream.text).toContain('PERSISTED_QUERY_ID_REQUIRED');
    expect(fault(introspection)).toEqual(ID_REQUIRED);
    expect(await live.failed()).toBe('PERSISTED_QUERY_ID_REQUIRED');
    // The schema stays available to code generators, and keys are verified.
    expect((await fetch(`${server.url}/schema.graphql`)).status).toBe(200);
    const { secret } = await makeApiKey(server, member.organizationId);
    const headers = { Authorization: `Bearer ${secret}` };
    expect((await fetch(`${server.url}/verify`, { headers })).status).toBe(200);
  });
});
