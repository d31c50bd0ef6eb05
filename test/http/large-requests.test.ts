import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/core/config/config.ts';
import { onEachDatabase } from '../support/databases.ts';
import { WITHOUT_LIMITS } from '../support/hostile.ts';
import { connectLive } from '../support/live-socket.ts';
import { makeApiKey, makeMember, makeOperatorToken, serverOn, type TestServer } from '../support/server.ts';
import { eventually } from '../support/wait.ts';

const { trustedProxies } = parseConfig({ TRUSTED_PROXIES: '127.0.0.1' });
const NONE = { caller: 0, organization: 0, operator: 0, address: 0 };
const operations = {
  windowSeconds: 10,
  points: { caller: 3_000, organization: 0, operator: 0, address: 3_000 },
  operations: NONE,
};

const VERIFY = 'mutation ($i: VerifyApiKeyInput!) { verifyApiKey(input: $i) { valid } }';

interface Client {
  readonly token?: string | undefined;
  readonly ip?: string;
}

/** Posts a body; returns the status, the codes of errors and the points that were taken. */
async function post(server: TestServer, body: string, { token, ip = '192.0.2.1' }: Client = {}) {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'X-Forwarded-For': ip,
      'X-Keywright-Cost': '1',
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
    },
    body,
  });
  const { errors = [], extensions } = (await response.json()) as {
    errors?: { message: string; extensions: { code: string } }[];
    extensions?: { cost: { charged: number } };
  };
  const codes = errors.map(({ extensions: { code } }) => code);
  return {
    status: response.status,
    codes,
    messages: errors.map(({ message }) => message),
    ...extensions?.cost,
  };
}

const repeated = (count: number, text: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => text(n)).join(' ');

onEachDatabase('a large request', (engine) => {
  const server = serverOn(engine, { config: { trustedProxies, operations } });

  test('costs a point for each further KB, and is answered 429 before it is parsed', async () => {
    const { organizationId } = await makeMember(server());
    const { secret: token } = await makeApiKey(server(), organizationId, { grants: ['api.key.verify'] });
    const verify = (size: number) =>
      JSON.stringify({ query: VERIFY, variables: { i: { key: 'x'.repeat(size) } } });
    await post(server(), verify(1), { token });
    expect((await post(server(), verify(3_000), { token })).charged).toBe(1);
    const { charged = 0 } = await post(server(), verify(1_000_000), { token });
    expect(charged).toBeGreaterThan(900);
    const notJson = 'x'.repeat(1_000_000);
    for (let n = 0; n < 2; n += 1) expect((await post(server(), notJson, { token })).status).toBe(400);
    expect(await post(server(), notJson, { token })).toMatchObject({ status: 429, codes: ['RATE_LIMITED'] });
    expect((await post(server(), verify(1), { token })).status).toBe(200);
    server().clock.advance(10_000);
    expect((await post(server(), notJson, { token })).status).toBe(400);
  });

  test('counts on a WebSocket and without a credential as well', async () => {
    const { sessionToken: token } = await makeMember(server());
    for (let n = 0; n < 3; n += 1) await post(server(), 'x'.repeat(960_000), { token });
    const socket = await connectLive(server(), token);
    const codes = [];
    for (let n = 0; n < 3; n += 1) {
      const operation = socket.subscribe('{ __typename }', { a: 'x'.repeat(120_000) });
      await eventually(() => operation.completed || operation.errors);
      codes.push(operation.errors ? await operation.failed() : null);
    }
    expect(codes[0]).toBeNull();
    expect(codes.at(-1)).toBe('RATE_LIMITED');
    const statuses = [];
    for (let n = 0; n < 4; n += 1)
      statuses.push((await post(server(), 'x'.repeat(1_000_000), { ip: '192.0.2.77' })).status);
    expect(statuses).toEqual([400, 400, 400, 429]);
  });
});

onEachDatabase('a document that is rejected', (engine) => {
  const server = serverOn(engine, { config: { trustedProxies, operations } });
  const invalid = (n: number) =>
    JSON.stringify({ query: `{ viewer { ${repeated(250, (m) => `a${n}_${m}`)} } }` });
  const unparsable = (n: number) => JSON.stringify({ query: `{ ${repeated(250, (m) => `a${n}_${m}`)}` });

  test.each([
    ['invalid', invalid],
    ['unparsable', unparsable],
  ])(
    'because it is %s costs its caller so much that the next are answered 429 before they are parsed',
    async (_how, body) => {
      const { sessionToken: token } = await makeMember(server());
      const first = await post(server(), body(1), { token });
      expect(first).toMatchObject({ codes: expect.arrayContaining(['BAD_REQUEST']) });
      expect(first.charged).toBeGreaterThan(1_500);
      await post(server(), body(1), { token });
      const third = await post(server(), body(2), { token });
      expect(third).toMatchObject({ status: 429, codes: ['RATE_LIMITED'] });
      // Other callers are answered, and so is this one after a while.
      const other = await makeMember(server());
      expect((await post(server(), '{"query":"{ __typename }"}', { token: other.sessionToken })).status).toBe(
        200,
      );
      server().clock.advance(10_000);
      expect((await post(server(), '{"query":"{ __typename }"}', { token })).status).toBe(200);
    },
  );

  test('costs the address of a client without a credential, and nobody elsewhere', async () => {
    const client = { ip: `198.51.100.${engine === 'sqlite' ? 1 : 2}` };
    for (let n = 0; n < 2; n += 1) await post(server(), invalid(n), client);
    expect((await post(server(), '{"query":"{ __typename }"}', client)).status).toBe(429);
    expect((await post(server(), '{"query":"{ __typename }"}', { ip: '198.51.100.3' })).status).toBe(200);
  });

  test('costs the caller of a WebSocket', async () => {
    const { sessionToken } = await makeMember(server());
    const socket = await connectLive(server(), sessionToken);
    const { query } = JSON.parse(invalid(3)) as { query: string };
    const codes = [];
    for (let n = 0; n < 3; n += 1) codes.push(await socket.subscribe(query).failed());
    expect(codes).toEqual(['BAD_REQUEST', 'BAD_REQUEST', 'RATE_LIMITED']);
  });

  test('although it is known costs as much as it takes to find that out', async () => {
    const { sessionToken: token } = await makeMember(server());
    const aliases = repeated(
      20,
      (n) => `a${n}: apiKeys(first: $n) { nodes { organization { apiKeys { nodes { id } } } } }`,
    );
    const body = JSON.stringify({ query: `query ($n: Int) { ${aliases} }`, variables: { n: 100 } });
    await post(server(), body, { token });
    const again = await post(server(), body, { token });
    expect(again.codes).toEqual(['QUERY_TOO_COMPLEX']);
    expect(again.charged).toBeGreaterThan(100);
  });
});

describe('documents that are rejected', () => {
  const server = serverOn('sqlite', { config: WITHOUT_LIMITS });

  test('push no others out of memory', async () => {
    const token = await makeOperatorToken(server(), 'back-end');
    const known = JSON.stringify({ query: `{ ${repeated(20, (n) => `a${n}: __typename`)} }` });
    expect((await post(server(), known, { token })).charged).toBeGreaterThan(10);
    // More characters than are kept.
    const comment = '#'.repeat(49_900);
    for (let n = 0; n < 85; n += 1)
      await post(server(), JSON.stringify({ query: `{ unknown${n} } ${comment}` }), { token });
    const { charged = 0 } = await post(server(), known, { token });
    expect(charged).toBeLessThan(10);
  });
});

describe('a JSON text', () => {
  const server = serverOn('sqlite', { config: WITHOUT_LIMITS });

  test.each([
    ['variables', (value: string) => `{"query":"{ __typename }","variables":{"a":${value}}}`],
    ['extensions', (value: string) => `{"query":"{ __typename }","extensions":{"a":${value}}}`],
    ['a parameter that does not exist', (value: string) => `{"query":"{ __typename }","a":${value}}`],
  ])('has so many values, nested so deep, in %s', async (_where, body) => {
    const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    const many = (values: number) => `[${Array(values).fill('{}').join()}]`;
    for (const fits of [deep(90), many(49_000)]) expect((await post(server(), body(fits))).status).toBe(200);
    for (const [value, message] of [
      [deep(101), 'The body is nested more than 100 deep'],
      [deep(400_000), 'The body is nested more than 100 deep'],
      [many(51_000), 'The body has more than 50000 values'],
    ] as const)
      expect(await post(server(), body(value))).toMatchObject({ status: 400, messages: [message] });
  });

  test('has no more of them in an address or on a WebSocket', async () => {
    const deep = `{"a":${'['.repeat(200)}${']'.repeat(200)}}`;
    for (const name of ['variables', 'extensions']) {
      const search = new URLSearchParams({ query: '{ __typename }', [name]: deep });
      const response = await fetch(`${server().url}/graphql?${search}`);
      expect(await response.json()).toMatchObject({
        errors: [{ message: `${name} is nested more than 100 deep` }],
      });
    }
    const socket = await connectLive(server(), (await makeMember(server())).sessionToken);
    socket.send(`{"type":"ping","payload":${deep}}`);
    expect((await socket.closed).code).toBe(4400);
  });
});
