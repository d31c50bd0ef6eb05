import { Readable } from 'node:stream';
import { serverAudits } from 'graphql-http';
import { describe, expect, test } from 'vitest';
import { ask, makeMember, type RawAnswer, send, serverOn } from '../../support/server.ts';
import { openConnection } from '../../support/sockets.ts';

const server = serverOn('sqlite');

describe('the audits of graphql-http, with limits and authentication on', () => {
  const audits = serverAudits({ url: () => `${server().url}/graphql`, fetchFn: fetch });

  test('are 61', () => {
    expect(audits).toHaveLength(61);
  });

  test.each(audits.map((audit) => [`${audit.id} ${audit.name}`, audit] as const))(
    '%s',
    async (_name, audit) => {
      expect((await audit.fn()).status).toBe('ok');
    },
  );
});

const JSON_BODY = { 'Content-Type': 'application/json' };
const NEWER = 'application/graphql-response+json';
const QUERY = JSON.stringify({ query: '{ __typename }' });

function expectRefused(answer: RawAnswer, status: number, code = 'BAD_REQUEST'): void {
  expect([answer.status, answer.body.errors?.map((error) => error.extensions.code)]).toEqual([
    status,
    [code],
  ]);
  expect(answer.body).not.toHaveProperty('data');
  expect(answer.headers.get('cache-control')).toBe('no-store');
}

describe('a request that is none', () => {
  test.each([
    ['no JSON', '{"query": "{ __typename }"'],
    ['empty', ''],
    ['a batch', `[${QUERY}]`],
    ['an empty batch', '[]'],
    ['a string', '"{ __typename }"'],
    ['null', 'null'],
    ['without a query', '{"variables": {}}'],
    ['with a query that is no text', '{"query": {"a": 1}}'],
    ['with variables that are a list', '{"query": "{ __typename }", "variables": []}'],
    ['with variables that are text', '{"query": "{ __typename }", "variables": "{}"}'],
    ['with an operation name that is a number', '{"query": "{ __typename }", "operationName": 1}'],
    ['with extensions that are a list', '{"query": "{ __typename }", "extensions": []}'],
  ])('is refused: %s', async (_name, body) => {
    for (const Accept of ['application/json', NEWER])
      expectRefused(await send(server(), { headers: { ...JSON_BODY, Accept }, body }), 400);
  });

  test('is refused where the body is not UTF-8', async () => {
    const body = Buffer.concat([
      Buffer.from('{"query":"{ __typename }","x":"'),
      Buffer.from([0xff, 0x22, 0x7d]),
    ]);
    expectRefused(await send(server(), { headers: JSON_BODY, body }), 400);
  });

  test.each([
    'text/plain',
    'application/graphql',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=latin1',
    'application/jsonx',
  ])('is refused in another content type: %s', async (type) => {
    expectRefused(await send(server(), { headers: { 'Content-Type': type }, body: QUERY }), 415);
  });

  test('is refused compressed', async () => {
    const headers = { ...JSON_BODY, 'Content-Encoding': 'gzip' };
    expectRefused(await send(server(), { headers, body: QUERY }), 415);
  });

  test('is refused where no answer would be acceptable', async () => {
    const headers = { ...JSON_BODY, Accept: 'text/plain' };
    expectRefused(await send(server(), { headers, body: QUERY }), 406);
  });

  test.each(['PUT', 'PATCH', 'DELETE'])('is refused as %s', async (method) => {
    const response = await fetch(`${server().url}/graphql`, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'HEAD, GET, POST, OPTIONS']);
  });

  test('never quotes what was sent in what it answers', async () => {
    const answer = await send(server(), { headers: JSON_BODY, body: '{"key":"hunter2' });
    expect(JSON.stringify(answer.body)).not.toContain('hunter2');
  });
});

describe('content types of answers', () => {
  test.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    [`${NEWER}, application/json;q=0.9`, NEWER],
  ])('Accept: %s', async (accept, type) => {
    const headers: Record<string, string> = { ...JSON_BODY, ...(accept ? { Accept: accept } : {}) };
    const { headers: answered } = await send(server(), { headers, body: QUERY });
    expect(answered.get('content-type')).toBe(`${type}; charset=utf-8`);
  });

  test.each([
    ['a document that does not parse', '{', 'BAD_REQUEST'],
    ['an unknown field', '{ nothing }', 'BAD_REQUEST'],
    ['no such operation', 'query A { __typename } query B { __typename }', 'BAD_REQUEST'],
    [
      'a document past a limit',
      `{${Array.from({ length: 31 }, (_, i) => `a${i}:__typename`).join(' ')}}`,
      'QUERY_TOO_COMPLEX',
    ],
  ])('%s is 200 in plain JSON, and 400 in the newer type', async (_name, query, code) => {
    for (const [Accept, status] of [
      ['application/json', 200],
      [NEWER, 400],
    ] as const) {
      const answer = await ask(server(), query, { headers: { Accept } });
      expect([answer.status, answer.errors.map((error) => error.extensions.code)]).toEqual([status, [code]]);
      expect(answer.data).toBeUndefined();
    }
  });

  test('variables of the wrong type are BAD_USER_INPUT, before anything runs', async () => {
    const query =
      'query ($ids: [ID!]!, $n: Int) { nodes(ids: $ids) { id } apiKeys(first: $n) { nodes { id } } }';
    const options = { variables: { ids: [{}], n: 'many' }, headers: { Accept: NEWER } };
    const { status, errors, data } = await ask(server(), query, options);
    expect(status).toBe(400);
    expect(errors.map((error) => error.extensions.code)).toEqual(['BAD_USER_INPUT', 'BAD_USER_INPUT']);
    expect(data).toBeUndefined();
  });

  test('the message about a long value is cut', async () => {
    const query = 'query ($n: Int) { apiKeys(first: $n) { nodes { id } } }';
    const { errors } = await ask(server(), query, { variables: { n: 'x'.repeat(50_000) } });
    expect(errors[0]?.message.length).toBeLessThanOrEqual(1_000);
  });
});

describe('GET', () => {
  const get = async (parameters: Record<string, string>, headers: Record<string, string> = {}) => {
    const response = await fetch(`${server().url}/graphql?${new URLSearchParams(parameters)}`, { headers });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as RawAnswer['body'],
    };
  };

  test('queries', async () => {
    const { sessionToken, organizationId } = await makeMember(server());
    const query = 'query Q($id: ID) { organization(id: $id) { id } } query Other { __typename }';
    const variables = JSON.stringify({ id: organizationId });
    const headers = { Authorization: `Bearer ${sessionToken}` };
    const { status, body } = await get({ query, variables, operationName: 'Q' }, headers);
    expect([status, body]).toEqual([200, { data: { organization: { id: organizationId } } }]);
  });

  test('does not mutate', async () => {
    const { sessionToken } = await makeMember(server());
    const query = 'mutation { createTeam(input: { name: "By GET" }) { __typename } }';
    const { status, headers, body } = await get({ query }, { Authorization: `Bearer ${sessionToken}` });
    expect([status, headers.get('allow')]).toEqual([405, 'POST']);
    expect(body).toEqual({ errors: [expect.objectContaining({ extensions: { code: 'BAD_REQUEST' } })] });
    const { data } = await ask(server(), '{ organization { teams { totalCount } } }', {
      token: sessionToken,
    });
    expect(data.organization.teams.totalCount).toBe(0);
  });

  test('is refused with variables that are no JSON, and without a query', async () => {
    expectRefused(await get({ query: '{ __typename }', variables: '{' }), 400);
    expectRefused(await get({}), 400);
  });

  test('answers HEAD as well', async () => {
    const response = await fetch(`${server().url}/graphql?query={__typename}`, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });
});

describe('other origins', () => {
  test('get no permission to read answers or to send credentials', async () => {
    const headers = { ...JSON_BODY, Origin: 'https://evil.example' };
    const answer = await send(server(), { headers, body: QUERY });
    const preflight = await fetch(`${server().url}/graphql`, {
      method: 'OPTIONS',
      headers: { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' },
    });
    for (const { headers } of [answer, preflight])
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('the body', () => {
  const padded = (size: number) => {
    const start = '{"query":"{ __typename }","extensions":{"padding":"';
    return `${start}${'x'.repeat(size - start.length - 3)}"}}`;
  };

  test('may have 1 MB, and not a byte more', async () => {
    expect((await send(server(), { headers: JSON_BODY, body: padded(1_048_576) })).status).toBe(200);
    expectRefused(await send(server(), { headers: JSON_BODY, body: padded(1_048_577) }), 413);
  });

  test('is refused by the length that it announces, before it comes', async () => {
    const connection = await openConnection(server().url);
    connection.send('POST /graphql HTTP/1.1\r\nHost: k\r\nContent-Type: application/json\r\n');
    connection.send('Content-Length: 2000000\r\nConnection: close\r\n\r\n');
    expect(await connection.closed()).toMatch(/^HTTP\/1.1 413 /);
  });

  test('is counted where it comes in chunks without a length', async () => {
    const chunked = (chunks: string[]) =>
      Readable.toWeb(Readable.from(chunks.map((chunk) => Buffer.from(chunk))));
    const within = chunked([...(padded(900_000).match(/.{1,50000}/g) ?? [])]);
    expect((await send(server(), { headers: JSON_BODY, body: within })).status).toBe(200);
    const past = chunked(Array.from({ length: 30 }, () => 'x'.repeat(100_000)));
    expectRefused(await send(server(), { headers: JSON_BODY, body: past }), 413);
  });

  test('leaves nothing behind where the client leaves in the middle of it', async () => {
    const connection = await openConnection(server().url);
    connection.send('POST /graphql HTTP/1.1\r\nHost: k\r\nContent-Type: application/json\r\n');
    connection.send('Content-Length: 100\r\n\r\n{"query":');
    connection.socket.destroy();
    await connection.closed();
    expect((await ask(server(), '{ __typename }')).status).toBe(200);
  });
});
