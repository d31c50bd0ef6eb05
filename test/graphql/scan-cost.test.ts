import { beforeAll, describe, expect, test } from 'vitest';
import { systemPrincipal } from '../../src/access/principal.ts';
import { write } from '../../src/command.ts';
import { newId } from '../../src/core/ids.ts';
import { joinOrganization } from '../../src/members/join-organization.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { onEachDatabase } from '../support/databases.ts';
import { copyKey } from '../support/many-keys.ts';
import {
  ask,
  makeApiKey,
  makeMember,
  makeOperatorToken,
  serverOn,
  type TestMember,
} from '../support/server.ts';
import { contextFor } from '../support/services.ts';

const TOTAL = 'apiKeys(first: 1, filter: { search: "no such key" }) { totalCount }';

onEachDatabase('what an operation reads', (engine) => {
  const server = serverOn(engine);
  let large: TestMember;
  let viewer: string;

  beforeAll(async () => {
    large = await makeMember(server());
    const { organizationId } = large;
    const { id } = await makeApiKey(server(), organizationId, { description: 'One of many' });
    viewer = (await makeApiKey(server(), organizationId, { grants: ['api.key.view'] })).secret;
    await copyKey(server(), id, 5_100);
  });

  async function costOf(token: string | null, query: string, variables: Record<string, unknown> = {}) {
    const headers = {
      'Content-Type': 'application/json',
      ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      'X-Keywright-Cost': '1',
    };
    const body = JSON.stringify({ query, variables });
    const response = await fetch(`${server().url}/graphql`, { method: 'POST', headers, body });
    const { errors = [], extensions } = (await response.json()) as {
      errors?: { extensions: { code: string } }[];
      extensions: { cost: { requested: number; limit: number; charged: number; remaining: number } };
    };
    return { ...extensions.cost, codes: errors.map((error) => error.extensions.code) };
  }

  const scansOf = (aliases: number, field: string) =>
    `{ ${Array.from({ length: aliases }, (_, index) => `a${index}: ${field}`).join(' ')} }`;

  test('twenty scans of a large organization under aliases are too much, and read nothing', async () => {
    const before = server().statements.length;
    const { codes, requested, limit, charged } = await costOf(viewer, scansOf(20, TOTAL));
    expect([codes, limit]).toEqual([['QUERY_TOO_COMPLEX'], 10_000]);
    expect(requested).toBeGreaterThan(20_000);
    // What such a request takes is not what it would have taken.
    expect(charged).toBeLessThan(500);
    const keyRows = server()
      .statements.slice(before)
      .filter((sql) => sql.includes('from "api_keys"') && !sql.includes('limit'));
    expect(keyRows).toEqual([]);
  });

  test('one of them is not too much, with a page of keys beside it', async () => {
    const page = `{ apiKeys(first: 100, filter: { search: "zzz" }) {
      totalCount nodes { id name description environment status start createdAt expiresAt lastUsedAt role { id } } } }`;
    const { codes, requested, charged } = await costOf(viewer, page);
    expect([codes, requested < 10_000]).toEqual([[], true]);
    // Points are taken for what is read, and a tenth of the fields.
    expect(charged).toBeGreaterThan(3_000);
  });

  test('in a small organization twenty totals are no matter', async () => {
    const { sessionToken } = await makeMember(server());
    const { codes, requested } = await costOf(sessionToken, scansOf(20, TOTAL));
    expect([codes, requested < 1_000]).toEqual([[], true]);
  });

  describe('costs the whole of it for', () => {
    const whole = (query: string) => async () => {
      const { requested, codes } = await costOf(large.sessionToken, query, { id: large.organizationId });
      expect(codes).toEqual([]);
      expect(requested).toBeGreaterThan(1_900);
    };
    test('a total', whole('{ apiKeys(first: 0) { totalCount } }'));
    test(
      'a total behind a fragment',
      whole('{ apiKeys(first: 0) { ...T } } fragment T on ApiKeyConnection { n: totalCount }'),
    );
    test('a search', whole('{ apiKeys(first: 1, filter: { search: "zzz" }) { nodes { id } } }'));
    test('a status', whole('{ apiKeys(first: 1, filter: { status: [REVOKED] }) { nodes { id } } }'));
    test(
      'unused keys',
      whole('{ apiKeys(first: 1, filter: { unusedSince: "2020-01-01T00:00:00Z" }) { nodes { id } } }'),
    );
    test('the most used keys', whole('{ organization { topApiKeys { verified } } }'));
    test('the total of the organization’s keys', whole('{ organization { apiKeys { totalCount } } }'));
    test(
      'the total by a variable',
      whole('query ($id: ID!) { apiKeys(organizationId: $id) { totalCount } }'),
    );
    test(
      'the total below node',
      whole('query ($id: ID!) { node(id: $id) { ... on Organization { apiKeys { totalCount } } } }'),
    );
    test(
      'the sizes of all teams',
      whole('{ organization { teams(first: 100) { nodes { apiKeys(first: 0) { totalCount } } } } }'),
    );
  });

  describe('costs little for', () => {
    const little = (query: string) => async () => {
      const { requested, codes } = await costOf(large.sessionToken, query, { counted: false });
      expect(codes).toEqual([]);
      expect(requested).toBeLessThan(600);
    };
    test('a page', little('{ apiKeys(first: 10) { nodes { id } } }'));
    test(
      'a page whose total is left out',
      little(
        'query ($counted: Boolean!) { apiKeys(first: 1) { totalCount @include(if: $counted) nodes { id } } }',
      ),
    );
    test(
      'the keys of one customer',
      little('{ apiKeys(first: 10, filter: { externalId: "c" }) { nodes { id } } }'),
    );
    test(
      'totals of what is small',
      little('{ organization { teams { totalCount } roles { totalCount } members { totalCount } } }'),
    );
    test(
      'sums of the last day',
      little('{ organization { keySummary { verifiedLastDay deniedLastDay } limits { activeApiKeys } } }'),
    );
    test('usage by hour', little('{ organization { usage { start verified denied } } }'));
    test('the uses of all roles', little('{ organization { roles { nodes { memberCount apiKeyCount } } } }'));
    test('the newest changes', little('{ organization { auditLog(first: 10) { nodes { action } } } }'));
  });

  test('a summary costs what it reads at most, once', async () => {
    const query =
      '{ organization { keySummary { active unused unusedIsExact rotationOverdue deniedLastDay } } }';
    const { requested } = await costOf(large.sessionToken, query);
    expect(requested).toBeGreaterThan(1_000);
    expect(requested).toBeLessThan(1_100);
  });

  test('the audit log costs by the number of changes, which is known', async () => {
    const query = `{ organization { ${scansOf(10, 'auditLog(first: 1, filter: { from: "2020-01-01T00:00:00Z" }) { totalCount }').slice(1, -1)} } }`;
    const before = await costOf(large.sessionToken, query);
    await server()
      .services.db.updateTable('organization_sequences')
      .set({ value: 1_000_000 })
      .where('organization_id', '=', large.organizationId)
      .execute();
    server().clock.advance(60_000);
    expect([before.codes, (await costOf(large.sessionToken, query)).codes]).toEqual([
      [],
      ['QUERY_TOO_COMPLEX'],
    ]);
  });

  test('a size is read once a minute, and never beyond 5,001 entries of an index', async () => {
    server().clock.advance(60_000);
    const probes = () => server().statements.filter((sql) => sql.includes('"some"'));
    const before = probes().length;
    for (let time = 0; time < 5; time += 1) await costOf(viewer, `{ ${TOTAL} }`);
    expect(probes().length - before).toBe(1);
    expect(probes().at(-1)).toContain('limit');
  });

  test('a person of several organizations pays for the one that is meant', async () => {
    const small = await makeMember(server());
    const of = (organizationId: string) => ({ organizationId, email: small.email, name: null });
    await write(contextFor(server().services, systemPrincipal('test')), async (change) => {
      await change.lock(large.organizationId);
      const { id: roleId } = await change.tx
        .selectFrom('roles')
        .select('id')
        .where('organization_id', '=', large.organizationId)
        .where('name', '=', 'member')
        .executeTakeFirstOrThrow();
      await joinOrganization(change, { ...of(large.organizationId), roleId });
    });
    const query = 'query ($id: ID!) { organization(id: $id) { apiKeys { totalCount } } }';
    const cost = async (id: string) => (await costOf(small.sessionToken, query, { id })).requested;
    expect(await cost(small.organizationId)).toBeLessThan(500);
    expect(await cost(large.organizationId)).toBeGreaterThan(1_900);
    // Where it isn't said, the largest.
    const all = '{ viewer { organizations(first: 1) { nodes { apiKeys(first: 0) { totalCount } } } } }';
    expect((await costOf(small.sessionToken, all)).requested).toBeGreaterThan(1_900);
  });

  test('the price tells nothing of an organization that doesn’t exist for the caller', async () => {
    const query = `query ($id: ID!) {
      organization(id: $id) {
        apiKeys(first: 1, filter: { search: "zzz" }) { totalCount }
        auditLog(first: 1, filter: { from: "2020-01-01T00:00:00Z" }) { totalCount }
        roles { nodes { memberCount } }
        teams { totalCount }
        members { totalCount }
      }
      node(id: $id) { ... on Organization { keySummary { active } } }
    }`;
    // Its own members have asked, so that all sizes are known.
    const { organizationId } = large;
    await costOf(large.sessionToken, query, { id: organizationId });
    const { sessionToken } = await makeMember(server());
    const absent = newId('org');
    const literal = (one: string) => query.replace('($id: ID!)', '').replaceAll('$id', JSON.stringify(one));
    for (const token of [sessionToken, null]) {
      const there = await costOf(token, query, { id: organizationId });
      expect(there.requested).toBe((await costOf(token, query, { id: absent })).requested);
      expect((await costOf(token, literal(organizationId))).requested).toBe(
        (await costOf(token, literal(absent))).requested,
      );
    }
  });

  test('a key that may not know the sizes of its organization learns them from no price', async () => {
    const { organizationId } = await makeMember(server());
    const ctx = contextFor(server().services, systemPrincipal('test'));
    const { result: team } = await createTeam(ctx, { organizationId, name: 'Payments' });
    const { id } = await makeApiKey(server(), organizationId);
    const { secret: bound } = await makeApiKey(server(), organizationId, {
      grants: ['*'],
      teamIds: [team.id],
    });
    const { secret: plain } = await makeApiKey(server(), organizationId);
    const query = `{ organization {
      limits { activeApiKeys }
      apiKeys(first: 1, filter: { search: "zzz" }) { totalCount }
      auditLog(first: 1, filter: { from: "2020-01-01T00:00:00Z" }) { totalCount }
      members { totalCount } } }`;
    const prices = async () => [
      (await costOf(bound, query)).requested,
      (await costOf(plain, query)).requested,
    ];
    const before = await prices();
    await copyKey(server(), id, 300);
    await server()
      .services.db.updateTable('organization_sequences')
      .set((eb) => ({ value: eb('value', '+', 300) }))
      .where('organization_id', '=', organizationId)
      .execute();
    server().clock.advance(60_000);
    expect(await prices()).toEqual(before);
  });

  test('an operator pays for the organization that it names, and lists all of them for little', async () => {
    const token = await makeOperatorToken(server(), `back-end-${engine}`);
    const total = 'query ($id: ID!) { apiKeys(organizationId: $id, first: 1) { totalCount } }';
    expect((await costOf(token, total, { id: large.organizationId })).requested).toBeGreaterThan(1_900);
    const list = '{ viewer { organizations(first: 100) { nodes { id apiKeys(first: 0) { totalCount } } } } }';
    expect((await costOf(token, list)).codes).toEqual([]);
  });

  test('a verification takes one point, and introspection about what it takes to answer', async () => {
    const token = await makeOperatorToken(server(), `verifier-${engine}`);
    const verify = `mutation ($key: String!) { verifyApiKey(input: { key: $key }) { valid code message remaining resetAt } }`;
    await costOf(token, verify, { key: 'hello' });
    expect((await costOf(token, verify, { key: 'hello' })).charged).toBe(1);
    const introspection = await costOf(
      token,
      '{ __schema { types { name } } __type(name: "ApiKey") { name } }',
    );
    expect(introspection.requested).toBeGreaterThanOrEqual(220);
  });

  test('a field whose arguments can’t be used costs nothing, and the others are answered', async () => {
    const query =
      'query ($id: ID = "x") { apiKey(id: $id) { auditLog { totalCount } } apiKeys(first: 1) { nodes { id } } }';
    const { data, errors } = await ask(server(), query, { token: viewer, variables: { id: null } });
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
    expect(data.apiKeys.nodes).toHaveLength(1);
  });

  test('the cost is told to those alone who ask for it', async () => {
    const { sessionToken } = await makeMember(server());
    const response = await fetch(`${server().url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${sessionToken}` },
      body: JSON.stringify({ query: '{ __typename }' }),
    });
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  });
});
