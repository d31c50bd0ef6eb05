import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { execute } from '../../src/graphql/execution/execute.ts';
import { PlanCache } from '../../src/graphql/execution/plan-cache.ts';
import { ask, makeApiKey, makeMember, serverOn } from '../support/server.ts';

// A document is parsed and validated once: here, that nothing else of its first time holds for the next.

const server = serverOn('sqlite');

async function get(query: string, more: Record<string, string> = {}, headers: Record<string, string> = {}) {
  const search = new URLSearchParams({ query, ...more });
  const response = await fetch(`${server().url}/graphql?${search}`, { headers });
  return { status: response.status, body: await response.json() };
}

test('a mutation that was answered by POST is refused by GET', async () => {
  const { sessionToken } = await makeMember(server());
  const mutation = 'mutation { createTeam(input: { name: "Once" }) { __typename } }';
  expect((await ask(server(), mutation, { token: sessionToken })).errors).toEqual([]);
  const headers = { Authorization: `Bearer ${sessionToken}` };
  for (const _time of [1, 2]) expect(await get(mutation, {}, headers)).toMatchObject({ status: 405 });
  const teams = '{ organization { teams { totalCount } } }';
  expect((await ask(server(), teams, { token: sessionToken })).data.organization.teams.totalCount).toBe(1);
});

test('a query of a document is answered by GET, and a mutation of the same is not', async () => {
  const { sessionToken } = await makeMember(server());
  const document = 'query Look { viewer { __typename } } mutation Do { signOut { signedOut } }';
  const headers = { Authorization: `Bearer ${sessionToken}` };
  for (const _time of [1, 2]) {
    expect(await get(document, { operationName: 'Look' }, headers)).toMatchObject({ status: 200 });
    expect(await get(document, { operationName: 'Do' }, headers)).toMatchObject({ status: 405 });
    expect((await get(document, { operationName: 'Else' }, headers)).body).toMatchObject({
      errors: [{ extensions: { code: 'BAD_REQUEST' } }],
    });
    expect((await get(document, {}, headers)).body).toMatchObject({
      errors: [{ extensions: { code: 'BAD_REQUEST' } }],
    });
  }
});

test('variables are looked at each time', async () => {
  const { sessionToken } = await makeMember(server());
  const query = 'query ($first: Int!) { apiKeys(first: $first) { nodes { id } } }';
  const codes = async (variables: Record<string, unknown>) =>
    (await ask(server(), query, { token: sessionToken, variables })).errors.map(
      ({ extensions }) => extensions.code,
    );
  expect(await codes({ first: 1 })).toEqual([]);
  expect(await codes({ first: 'one' })).toEqual(['BAD_USER_INPUT']);
  expect(await codes({})).toEqual(['BAD_USER_INPUT']);
  expect(await codes({ first: 101 })).toEqual(['BAD_USER_INPUT']);
  expect(await codes({ first: 1 })).toEqual([]);
});

test('what an operation costs is counted with the variables of each time', async () => {
  const { sessionToken } = await makeMember(server());
  const query = `query ($many: Int) { viewer { organizations(first: $many) { nodes { apiKeys(first: $many) { nodes { id name } } } } } }`;
  const codes = async (many: number | null) =>
    (await ask(server(), query, { token: sessionToken, variables: { many } })).errors.map(
      ({ extensions }) => extensions.code,
    );
  expect(await codes(2)).toEqual([]);
  expect(await codes(100)).toEqual(['QUERY_TOO_COMPLEX']);
  expect(await codes(3)).toEqual([]);
});

test('conditions are decided by the variables of each time', async () => {
  const query = 'query ($yes: Boolean!) { a: __typename @include(if: $yes) b: __typename @skip(if: $yes) }';
  const keys = async (yes: boolean) => Object.keys((await ask(server(), query, { variables: { yes } })).data);
  expect([await keys(true), await keys(false), await keys(true)]).toEqual([['a'], ['b'], ['a']]);
});

test('who may do what is asked each time', async () => {
  const { organizationId } = await makeMember(server());
  const may = await makeApiKey(server(), organizationId, { grants: ['api.key.view'] });
  const mayNot = await makeApiKey(server(), organizationId);
  const query = '{ apiKeys { totalCount } }';
  const answer = async (token?: string) => {
    const { errors, data } = await ask(server(), query, token ? { token } : {});
    return data?.apiKeys?.totalCount ?? errors[0]?.extensions.code;
  };
  for (const _time of [1, 2]) {
    expect(await answer(may.secret)).toBe(2);
    expect(await answer(mayNot.secret)).toBe('FORBIDDEN');
    expect(await answer()).toBe('UNAUTHENTICATED');
  }
});

test('a document with faults is refused each time', async () => {
  for (const _time of [1, 2]) {
    expect((await ask(server(), '{ nothing }')).errors).toMatchObject([
      { extensions: { code: 'BAD_REQUEST' } },
    ]);
    expect((await ask(server(), '{ viewer ')).errors).toMatchObject([
      { extensions: { code: 'BAD_REQUEST' } },
    ]);
  }
});

test('what it costs is counted with the time of each time', async () => {
  const { organizationId } = await makeMember(server());
  const { secret } = await makeApiKey(server(), organizationId, { grants: ['api.key.view'] });
  const from = new Date(server().clock.now()).toISOString();
  const query = `{ apiKeys(first: 100) { nodes { usage(from: "${from}", granularity: MINUTE) { start verified denied } } } }`;
  const codes = async () =>
    (await ask(server(), query, { token: secret })).errors.map(({ extensions }) => extensions.code);
  expect(await codes()).toEqual([]);
  server().clock.advance(15 * 3_600_000);
  expect(await codes()).toEqual(['QUERY_TOO_COMPLEX']);
});

test('variables that can be used neither for a condition nor for a cost are the fault of the request', async () => {
  const { sessionToken } = await makeMember(server());
  const conditions = 'query ($x: Boolean = true) { viewer @skip(if: $x) { __typename } }';
  const costs = 'query ($ids: [ID!] = []) { nodes(ids: $ids) { id } }';
  const headers = { Authorization: `Bearer ${sessionToken}` };
  for (const _time of [1, 2]) {
    expect(await get(conditions, { variables: '{"x":null}' }, headers)).toMatchObject({
      status: 200,
      body: { data: null, errors: [{ extensions: { code: 'BAD_REQUEST' } }] },
    });
    expect(await get(costs, { variables: '{"ids":null}' }, headers)).toMatchObject({
      status: 200,
      body: { errors: [{ extensions: { code: 'BAD_REQUEST' } }] },
    });
  }
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('of a request’s variables nothing is kept with the document', async () => {
  const metadata = { a: Array.from({ length: 30_000 }, () => []) };
  const send = async (name: string): Promise<void> => {
    const query = `mutation ${name}($m: JSONObject) { createApiKey(input: { name: "x", metadata: $m }) { __typename } }`;
    const { errors } = await ask(server(), query, { variables: { m: metadata } });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  };
  const heapUsed = (): number => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  await send('First');
  const before = heapUsed();
  for (let number = 0; number < 30; number += 1) await send(`Later${number}`);
  // Each of them takes about 1 MB once it is parsed, and there were thirty.
  expect(heapUsed() - before).toBeLessThan(10_000_000);
});

test('plans take bounded memory, however many documents and operations there are', () => {
  const plans = new PlanCache();
  const type =
    '{ name fields { name args { name type { name ofType { name } } } type { name ofType { name } } } }';
  for (let number = 0; number < 8; number += 1) {
    const names = Array.from({ length: 20 }, (_, index) => `Q${number}x${index}`);
    const document = parse(
      `${names.map((name) => `query ${name} { ...R }`).join(' ')} fragment R on Query { ${names
        .map((name) => `${name}: __type(name: "ApiKey") ${type}`)
        .join(' ')} }`,
    );
    for (const operationName of names) {
      const result = execute({ schema, document, operationName, plans });
      expect('data' in result && result.errors).toBeUndefined();
    }
  }
  expect(plans.size).toBeGreaterThan(10);
  expect(plans.fields).toBeLessThanOrEqual(20_000);
});
