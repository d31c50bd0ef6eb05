import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { GraphQLError } from 'graphql';
import { createClient } from 'graphql-sse';
import { expect, onTestFinished, test } from 'vitest';
import { UnavailableError, UnknownOutcomeError } from '../../../src/core/errors.ts';
import { createRole } from '../../../src/roles/create-role.ts';
import { onEachDatabase } from '../../support/databases.ts';
import { anyone, CHANGED } from '../../support/live.ts';
import { holdLock } from '../../support/lock-holder.ts';
import { initialized, startServer } from '../../support/serve.ts';
import { ask, makeApiKey, makeMember, serverOn, startTestServer } from '../../support/server.ts';

const CREATE =
  'mutation ($name: String!) { createApiKey(input: { name: $name }) { __typename ... on CreateApiKeyPayload { secret } } }';

/** graphql-sse in its default configuration, except that it doesn't wait before it retries. */
function graphqlSse(url: string, token: string) {
  let requests = 0;
  const client = createClient({
    url: `${url}/graphql`,
    headers: { Authorization: `Bearer ${token}` },
    on: {
      connecting: () => {
        requests += 1;
      },
    },
    async retry() {},
  });
  onTestFinished(() => client.dispose());
  /** Everything that an operation gives, or the error that it ends with. */
  const run = async (query: string, variables: Record<string, unknown> = {}) => {
    requests = 0;
    const results: { data?: unknown; errors?: readonly { extensions?: { code?: string } }[] }[] = [];
    const failure = await new Promise<unknown>((resolve) => {
      const next = (result: object) => void results.push(result);
      client.subscribe({ query, variables }, { next, error: resolve, complete: () => resolve(null) });
    });
    const codes = results.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions?.code));
    return { results, codes, failure, requests };
  };
  return run;
}

const statusOf = (failure: unknown) => (failure as { response?: Response } | null)?.response?.status;

onEachDatabase('graphql-sse', (engine) => {
  test('runs queries and mutations against a server, and sends a mutation that fails once', async () => {
    const { env, token } = await initialized(engine);
    const served = await startServer(env);
    const run = graphqlSse(served.url, token);
    expect(await run('{ __typename }')).toEqual({
      results: [{ data: { __typename: 'Query' } }],
      codes: [],
      failure: null,
      requests: 1,
    });
    expect(await run(CREATE, { name: 'Created' })).toMatchObject({ codes: [], failure: null, requests: 1 });
    for (const [query, variables, code] of [
      // Of two fields, one is executed.
      [
        'mutation { createApiKey(input: { name: "Kept" }) { __typename } rotateApiKey(input: { id: "key_none" }) { __typename } }',
        {},
        undefined,
      ],
      [CREATE, { name: 7 }, 'BAD_USER_INPUT'],
      [CREATE.replace('secret', 'nothing'), { name: 'Invalid' }, 'BAD_REQUEST'],
      ['mutation {', {}, 'BAD_REQUEST'],
      [CHANGED, { after: 'nonsense' }, 'CURSOR_INVALID'],
    ] as const) {
      const ran = await run(query, variables);
      expect([ran.failure, ran.requests, ran.results.length, ran.codes[0]]).toEqual([null, 1, 1, code]);
    }
    const keys = await ask(served, '{ apiKeys { nodes { name } } }', { token });
    expect(keys.data.apiKeys.nodes).toHaveLength(2);
  });

  const server = serverOn(engine);

  test('reports a missing permission once, and a credential that is not accepted with its status', async () => {
    const { organizationId } = await makeMember(server());
    const { secret } = await makeApiKey(server(), organizationId, { grants: ['api.key.view'] });
    const ran = await graphqlSse(server().url, secret)(CREATE, { name: 'Forbidden' });
    expect(ran).toMatchObject({ codes: ['FORBIDDEN'], failure: null, requests: 1 });
    const refused = await graphqlSse(server().url, `sess_${'A'.repeat(43)}`)(CREATE, { name: 'Unknown' });
    expect([refused.results, statusOf(refused.failure)]).toEqual([[], 401]);
  });
});

test('graphql-sse retries what the database could not do, and the key is created once', async () => {
  const server = await startTestServer('sqlite', { lockWaitMs: 20 });
  onTestFinished(server.close);
  const { sessionToken, organizationId } = await makeMember(server);
  const lock = await holdLock(server.services.config.databaseUrl);
  const request = {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${sessionToken}`,
      Accept: 'text/event-stream',
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({ query: CREATE, variables: { name: 'Locked' } }),
  };
  const response = await fetch(`${server.url}/graphql`, request);
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
  const client = createClient({
    url: `${server.url}/graphql`,
    headers: { Authorization: `Bearer ${sessionToken}` },
    async retry() {
      await lock.release();
    },
  });
  onTestFinished(() => client.dispose());
  const result = await client.iterate({ query: CREATE, variables: { name: 'Once' } }).next();
  expect(result.value.data.createApiKey.secret).toMatch(/^kw_/);
  const keys = await server.services.db
    .selectFrom('api_keys')
    .select('name')
    .where('organization_id', '=', organizationId)
    .execute();
  expect(keys).toEqual([{ name: 'Once' }]);
});

test('graphql-sse sees with its status that too much was asked for', async () => {
  const server = await startTestServer('sqlite', { config: { verifyFailuresPerMinute: 1 } });
  onTestFinished(server.close);
  const run = graphqlSse(server.url, `sess_${'A'.repeat(43)}`);
  await ask(server, '{ __typename }', { token: 'sess_unknown' });
  const limited = await run('{ __typename }');
  expect([limited.results, statusOf(limited.failure)]).toEqual([[], 429]);
});

test.each([
  ['was committed when its connection was lost', ['createApiKey'], new UnknownOutcomeError('Lost')],
  [
    'has been executed, and its payload could not be read',
    ['createApiKey', 'apiKey'],
    new UnavailableError('Gone'),
  ],
])('a mutation that %s is not sent again', async (_what, path, originalError) => {
  const error = new GraphQLError(originalError.message, { path, originalError });
  const server = await startTestServer('sqlite', {
    plugins: [
      {
        onExecute: () => ({
          onExecuteDone: ({ setResult }) => setResult({ data: { createApiKey: null }, errors: [error] }),
        }),
      },
    ],
  });
  onTestFinished(server.close);
  const { sessionToken } = await makeMember(server);
  const ran = await graphqlSse(server.url, sessionToken)(CREATE, { name: 'Once' });
  expect(ran).toMatchObject({ codes: ['UNAVAILABLE'], failure: null, requests: 1 });
  const keys = await server.services.db.selectFrom('api_keys').select('name').execute();
  expect(keys).toEqual([{ name: 'Once' }]);
});

onEachDatabase('a client that accepts event streams only', (engine) => {
  const server = serverOn(engine, { config: {} });

  async function post(options: {
    accept?: string;
    body?: string;
    headers?: Record<string, string>;
    search?: string;
  }) {
    const { accept = 'text/event-stream', body, headers = {}, search = '' } = options;
    const response = await fetch(`${server().url}/graphql${search}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        Accept: accept,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      text: await response.text(),
    };
  }
  const query = (text: string) => JSON.stringify({ query: text });
  const STREAM = 'text/event-stream; charset=utf-8';

  test.each([
    ['a query', { body: query('{ __typename }') }, /"data":\{"__typename":"Query"\}/],
    ['a query by GET', { search: '?query=%7B__typename%7D' }, /"data":\{"__typename":"Query"\}/],
    ['a document that does not parse', { body: query('{') }, /BAD_REQUEST/],
    ['a document that is not valid', { body: query('{ nothing }') }, /BAD_REQUEST/],
    [
      'a mutation by GET',
      { search: `?query=${encodeURIComponent('mutation { signOut { __typename } }')}` },
      /must be sent with POST/,
    ],
    ['a body that is not JSON', { body: '{' }, /BAD_REQUEST/],
    ['a batch', { body: '[]' }, /Batching is not supported/],
    [
      'another content type',
      { body: query('{ __typename }'), headers: { 'Content-Type': 'text/plain' } },
      /application\/json/,
    ],
    ['a body that is too large', { body: 'x'.repeat(1_048_577) }, /larger than/],
  ])('receives the result of %s as next and complete', async (_what, options, result) => {
    const { status, type, text } = await post(options);
    expect([status, type]).toEqual([200, STREAM]);
    expect(text).toMatch(/^event: next\ndata: \{.*\}\n\nevent: complete\ndata:\n\n$/);
    expect(text).toMatch(result);
  });

  test.each([
    ['text/event-stream, application/json', 200, /^application\/json/],
    ['text/event-stream, */*;q=0.1', 200, /^application\/json/],
    ['text/event-stream, application/graphql-response+json', 400, /^application\/graphql-response\+json/],
    ['text/event-stream;q=0.5, application/json;q=0', 200, /^text\/event-stream/],
    ['text/event-stream, application/json;charset=latin1', 200, /^text\/event-stream/],
    ['text/event-stream;q=0', 406, /^application\/json/],
  ])('is not one that accepts JSON too: %s', async (accept, status, expected) => {
    const { status: got, type } = await post({ accept, body: query('{ nothing }') });
    expect(got).toBe(status);
    expect(type).toMatch(expected);
  });

  test('sees 401 with its status, but never after a field of a mutation was executed', async () => {
    const missing = await post({ body: query('{ apiKeys { nodes { id } } }') });
    expect([missing.status, missing.type]).toEqual([401, 'application/json; charset=utf-8']);
    const partly = await post({ body: query('{ __typename apiKeys { nodes { id } } }') });
    expect([partly.status, partly.type]).toEqual([200, STREAM]);
  });

  test('can be curl', async () => {
    const { sessionToken, organizationId } = await makeMember(server());
    await createRole(anyone(server()), { organizationId, name: 'One', permissions: [] });
    const body = query(
      'mutation { createRole(input: { name: "One", permissions: ["nothing at all"] }) { __typename } }',
    );
    const { stdout } = await promisify(execFile)('curl', [
      ...[
        '-sS',
        '-N',
        '-w',
        '%{http_code}',
        '-H',
        'Accept: text/event-stream',
        '-H',
        'Content-Type: application/json',
      ],
      ...['-H', `Authorization: Bearer ${sessionToken}`, '-d', body, `${server().url}/graphql`],
    ]);
    expect(stdout).toMatch(/^event: next\ndata: \{.*\}\n\nevent: complete\ndata:\n\n200$/);
  });
});
