import { getIntrospectionQuery } from 'graphql';
import { expect, test } from 'vitest';
import { ask, makeMember, send, serverOn } from '../support/server.ts';

const server = serverOn('sqlite');

const LIST = `query List($first: Int!, $after: String) {
  apiKeys(first: $first, after: $after) {
    nodes {
      id name description start status environment externalId createdAt expiresAt lastUsedAt
      role { id name permissions }
      teams { id name }
      secrets { id start status uses }
    }
    pageInfo { hasNextPage endCursor }
  }
}`;

const TEN_THOUSANDFOLD =
  '{ viewer { organizations(first: 100) { nodes { apiKeys(first: 100) { nodes { id } } } } } }';

async function codes(query: string, variables: Record<string, unknown> = {}): Promise<unknown[]> {
  const { sessionToken } = await makeMember(server());
  const { errors } = await ask(server(), query, { token: sessionToken, variables });
  return errors.map((error) => error.extensions.code);
}

test('a page of 100 keys with ten fields, role, teams and secrets is not too much', async () => {
  expect(await codes(LIST, { first: 100 })).toEqual([]);
});

test('10,000 keys in one answer are', async () => {
  expect(await codes(TEN_THOUSANDFOLD)).toEqual(['QUERY_TOO_COMPLEX']);
  const variables = { many: 100 };
  const query = `query ($many: Int!) { viewer { organizations(last: $many) { nodes { apiKeys(last: $many) { nodes { id } } } } } }`;
  expect(await codes(query, variables)).toEqual(['QUERY_TOO_COMPLEX']);
  expect(await codes(query, { many: 5 })).toEqual([]);
});

test('what may be large weighs more', async () => {
  const keys = (count: number, below: string) => `{ apiKeys(first: ${count}) { nodes { ${below} } } }`;
  const catalog = 'organization { permissionCatalog { name description } }';
  expect(await codes(`{ organization { permissionCatalog { name description builtIn } } }`)).toEqual([]);
  expect(await codes(keys(25, catalog))).toEqual([]);
  expect(await codes(keys(100, catalog))).toEqual(['QUERY_TOO_COMPLEX']);
  const log = (rows: number) => `auditLog(first: ${rows}) { nodes { id changes } }`;
  expect(await codes(`{ organization { ${log(100)} } }`)).toEqual([]);
  expect(await codes(keys(8, log(100)))).toEqual([]);
  expect(await codes(keys(10, log(100)))).toEqual(['QUERY_TOO_COMPLEX']);
  const metadata = Array.from(
    { length: 20 },
    (_, index) => `a${index}: ${keys(100, 'metadata').slice(1, -1)}`,
  );
  expect(await codes(keys(100, 'metadata'))).toEqual([]);
  expect(await codes(`{ ${metadata.join(' ')} }`)).toEqual(['QUERY_TOO_COMPLEX']);
});

test('a report of usage weighs as much as it may have stretches', async () => {
  const usage = (keys: number, args: string) =>
    `{ apiKeys(first: ${keys}) { nodes { id name usage${args} { start verified denied } } } }`;
  expect(await codes(usage(25, ''))).toEqual([]);
  expect(await codes(usage(90, ''))).toEqual([]);
  expect(await codes(usage(25, '(granularity: DAY)'))).toEqual([]);
  const weeks = '(from: "2030-01-01T00:00:00Z", to: "2030-02-01T00:00:00Z")';
  expect(await codes(usage(4, weeks))).toEqual([]);
  expect(await codes(usage(5, weeks))).toEqual(['QUERY_TOO_COMPLEX']);
  const query = `query ($from: DateTime, $by: UsageGranularity = MINUTE) {
    apiKeys(first: 5) { nodes { usage(from: $from, granularity: $by) { start verified denied } } } }`;
  const from = (minutes: number) => new Date(server().clock.now() - minutes * 60_000).toISOString();
  expect(await codes(query, { from: from(900) })).toEqual(['QUERY_TOO_COMPLEX']);
  expect(await codes(query, { from: from(60) })).toEqual([]);
  expect(await codes(query, { from: from(900), by: 'HOUR' })).toEqual([]);
});

test('it is the chosen operation that counts, fragments included', async () => {
  const { sessionToken: token } = await makeMember(server());
  const query = `query Small { __typename } query Large { viewer { ...F } }
    fragment F on Viewer { organizations(first: 100) { nodes { apiKeys(first: 100) { nodes { id } } } } }`;
  const choose = async (operationName: string) => {
    const response = await fetch(`${server().url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, operationName }),
    });
    return response.json();
  };
  expect(await choose('Small')).toEqual({ data: { __typename: 'Query' } });
  expect(await choose('Large')).toMatchObject({ errors: [{ extensions: { code: 'QUERY_TOO_COMPLEX' } }] });
});

test('what is too much does not run, not even the part of it that would not be', async () => {
  const { sessionToken: token } = await makeMember(server());
  const page = 'viewer { organizations(first: 100) { nodes { apiKeys(first: 100) { nodes { id } } } } }';
  const mutation = `mutation {
    createTeam(input: { name: "Not made" }) { ... on CreateTeamPayload { team { organization {
      apiKeys(first: 100) { nodes { organization { teams(first: 100) { nodes { id } } } } } } } } }
  }`;
  expect(await codes(`{ ${page} }`)).toEqual(['QUERY_TOO_COMPLEX']);
  const refused = await ask(server(), mutation, { token });
  expect(refused.errors[0]?.extensions.code).toBe('QUERY_TOO_COMPLEX');
  const { data } = await ask(server(), '{ organization { teams { totalCount } } }', { token });
  expect(data.organization.teams.totalCount).toBe(0);
});

test('pages are at most 100 long', async () => {
  expect(await codes('{ apiKeys(first: 100) { nodes { id } } }')).toEqual([]);
  expect(await codes('{ apiKeys(first: 101) { nodes { id } } }')).toEqual(['BAD_USER_INPUT']);
  expect(await codes('{ apiKeys(first: -1) { nodes { id } } }')).toEqual(['BAD_USER_INPUT']);
});

test('tools can introspect the whole schema', async () => {
  const options = { schemaDescription: true, inputValueDeprecation: true, directiveIsRepeatable: true };
  const { status, data } = await ask(server(), getIntrospectionQuery(options));
  expect(status).toBe(200);
  expect(data.__schema.types.length).toBeGreaterThan(50);
});

test('introspection that explodes is refused', async () => {
  const inner = 'fields { type { fields { type { fields { type { fields { name } } } } } } }';
  const { errors } = await ask(server(), `{ __schema { types { ${inner} } } }`);
  expect(errors[0]?.extensions.code).toBe('BAD_REQUEST');
});

test('a document of thousands of faults is answered with the first twenty', async () => {
  const query = `{ apiKeys(${Array.from({ length: 400 }, (_, index) => `a${index}: 1`).join(' ')}) { nodes { id } } }`;
  const { errors } = await ask(server(), query);
  expect(errors.length).toBeLessThanOrEqual(21);
});

test('a document may be long, or long and said in variables', async () => {
  const comment = (length: number) => `{ __typename } #${'x'.repeat(length)}`;
  expect((await ask(server(), comment(49_000))).status).toBe(200);
  const { status, errors } = await ask(server(), comment(50_000));
  expect([status, errors[0]?.extensions.code]).toEqual([400, 'BAD_REQUEST']);
});

test('variables may be nested 98 deep in a body', async () => {
  const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  const post = (levels: number) => {
    const body = `{"query":"{ __typename }","variables":{"a":${nested(levels)}}}`;
    return send(server(), { headers: { 'Content-Type': 'application/json' }, body });
  };
  expect((await post(98)).status).toBe(200);
  for (const levels of [99, 150_000]) {
    const { status, body } = await post(levels);
    expect([status, body.errors?.[0]?.extensions.code]).toEqual([400, 'BAD_REQUEST']);
  }
});

test('a body may have 50,000 values, however they are nested', async () => {
  const list = (values: number, one: string) => `{"a":[${Array(values).fill(one).join()}]}`;
  const post = (variables: string) => {
    const body = `{"query":"{ __typename }","variables":${variables}}`;
    return send(server(), { headers: { 'Content-Type': 'application/json' }, body });
  };
  expect((await post(list(49_997, '1'))).status).toBe(200);
  for (const variables of [list(49_998, '1'), list(25_000, '[1]'), list(340_000, '{}')]) {
    const { status, body } = await post(variables);
    expect([status, body.errors?.[0]?.extensions.code]).toEqual([400, 'BAD_REQUEST']);
  }
});
