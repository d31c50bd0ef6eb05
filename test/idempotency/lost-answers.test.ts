import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { startNodes } from '../cluster/nodes.ts';
import { connectionLoss } from '../support/connection-loss.ts';
import { onEachDatabase } from '../support/databases.ts';
import { ask, makeMember, makeOperatorToken, serverOn, type TestServer } from '../support/server.ts';

const CREATE = `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) {
  __typename ... on CreateApiKeyPayload { secret apiKey { id } } ... on ConflictError { reason }
  ... on ValidationError { issues { path } } } }`;
const ROTATE = `mutation ($input: RotateApiKeyInput!) { rotateApiKey(input: $input) {
  __typename ... on RotateApiKeyPayload { secret retiring { id } propagation { confirmedNodes totalNodes } } } }`;
const INVITE = `mutation ($input: InviteMemberInput!) { inviteMember(input: $input) {
  __typename ... on InviteMemberPayload { signInUrl membership { id } } } }`;
const REVOKE = `mutation ($input: RevokeApiKeyInput!) { revokeApiKey(input: $input) {
  __typename ... on RevokeApiKeyPayload { apiKey { id revokedAt } propagation { confirmedNodes totalNodes } } } }`;

async function rowsOf(
  server: TestServer,
  table: 'api_keys' | 'memberships',
  organizationId: string,
): Promise<number> {
  const rows = await server.services.db
    .selectFrom(table)
    .select('id')
    .where('organization_id', '=', organizationId)
    .execute();
  return rows.length;
}

const eventsOf = (server: TestServer, organizationId: string) =>
  server.services.db
    .selectFrom('audit_log')
    .select('action')
    .where('organization_id', '=', organizationId)
    .orderBy('sequence')
    .execute();

onEachDatabase('a lost answer', (engine) => {
  const loss = connectionLoss();
  const server = serverOn(engine, { plugins: [loss.plugin] });

  /** Sends a mutation whose first answer is lost, then twice again. */
  async function retried(query: string, token: string, input: object) {
    const variables = { input };
    loss.next();
    await expect(ask(server(), query, { token, variables })).rejects.toThrow();
    const second = await ask(server(), query, { token, variables });
    const third = await ask(server(), query, { token, variables });
    expect(second.errors).toEqual([]);
    return [Object.values(second.data)[0], Object.values(third.data)[0]];
  }

  test('is given again, and everything is done exactly once', async () => {
    const { sessionToken: token, organizationId } = await makeMember(server());
    const before = await eventsOf(server(), organizationId);
    const members = await rowsOf(server(), 'memberships', organizationId);
    const idempotencyKey = randomUUID();
    const [created, again] = await retried(CREATE, token, { name: 'Deploy', idempotencyKey });
    expect(created).toMatchObject({
      __typename: 'CreateApiKeyPayload',
      secret: expect.stringMatching(/^kw_live_/),
    });
    expect(again).toEqual(created);
    expect(await rowsOf(server(), 'api_keys', organizationId)).toBe(1);

    const { id } = (created as { apiKey: { id: string } }).apiKey;
    const [rotated, rotatedAgain] = await retried(ROTATE, token, { id, idempotencyKey: randomUUID() });
    expect(rotated).toMatchObject({ __typename: 'RotateApiKeyPayload', secret: expect.any(String) });
    expect(rotatedAgain).toEqual(rotated);
    const secrets = await server()
      .services.db.selectFrom('api_key_secrets')
      .select('id')
      .where('api_key_id', '=', id)
      .execute();
    expect(secrets).toHaveLength(2);

    const { id: roleId } = await server()
      .services.db.selectFrom('roles')
      .select('id')
      .where('organization_id', '=', organizationId)
      .where('name', '=', 'member')
      .executeTakeFirstOrThrow();
    const invitation = { email: `${randomUUID()}@example.com`, roleId, idempotencyKey: randomUUID() };
    const [invited, invitedAgain] = await retried(INVITE, token, invitation);
    expect(invited).toMatchObject({ __typename: 'InviteMemberPayload', signInUrl: expect.any(String) });
    expect(invitedAgain).toEqual(invited);
    expect(await rowsOf(server(), 'memberships', organizationId)).toBe(members + 1);

    const [revoked, revokedAgain] = await retried(REVOKE, token, { id });
    expect(revoked).toMatchObject({ __typename: 'RevokeApiKeyPayload' });
    expect(revokedAgain).toEqual(revoked);

    const after = (await eventsOf(server(), organizationId)).slice(before.length).map(({ action }) => action);
    expect(after).toEqual(['api_key.created', 'api_key.rotated', 'member.invited', 'api_key.revoked']);
  });

  describe('and the header Idempotency-Key', () => {
    const send = (token: string, query: string, input: object, key: string) =>
      ask(server(), query, { token, variables: { input }, headers: { 'Idempotency-Key': key } });

    test('does the same as the field of the input, quoted or not', async () => {
      const { sessionToken: token, organizationId } = await makeMember(server());
      const key = randomUUID();
      const first = await send(token, CREATE, { name: 'Deploy' }, key);
      expect(first.data.createApiKey.secret).toEqual(expect.any(String));
      const others = [
        await send(token, CREATE, { name: 'Deploy' }, `"${key}"`),
        await send(token, CREATE, { name: 'Deploy', idempotencyKey: key }, key),
        await send(token, CREATE, { name: 'Deploy', idempotencyKey: null }, key),
        await ask(server(), CREATE, { token, variables: { input: { name: 'Deploy', idempotencyKey: key } } }),
      ];
      for (const { data } of others) expect(data).toEqual(first.data);
      expect(await rowsOf(server(), 'api_keys', organizationId)).toBe(1);
      const inFragment = `mutation ($input: CreateApiKeyInput!, $no: Boolean = false) { __typename ...F
        other: createTeam(input: { name: "X" }) @include(if: $no) { __typename } }
        fragment F on Mutation { createApiKey(input: $input) { ... on CreateApiKeyPayload { secret } } }`;
      const { data } = await send(token, inFragment, { name: 'Deploy' }, key);
      expect(data.createApiKey.secret).toBe(first.data.createApiKey.secret);
      const reused = await send(token, CREATE, { name: 'Other' }, key);
      expect(reused.data.createApiKey).toEqual({
        __typename: 'ConflictError',
        reason: 'IDEMPOTENCY_KEY_REUSED',
      });
      const short = await send(token, CREATE, { name: 'Deploy' }, 'short');
      expect(short.data.createApiKey.issues).toEqual([{ path: ['input', 'idempotencyKey'] }]);
    });

    test('is rejected where it can’t be followed, and nothing runs', async () => {
      const { sessionToken: token, organizationId } = await makeMember(server());
      const key = randomUUID();
      const input = { name: 'Deploy' };
      const two = `mutation ($input: CreateApiKeyInput!) { a: createApiKey(input: $input) { __typename }
        b: createApiKey(input: $input) { __typename } }`;
      const rejected = [
        await send(token, two, input, key),
        await send(token, '{ viewer { __typename } }', input, key),
        await send(token, `mutation { createTeam(input: { name: "Shop" }) { __typename } }`, input, key),
        await send(token, 'mutation { signOut { __typename } }', input, key),
        await send(token, CREATE, { ...input, idempotencyKey: randomUUID() }, key),
        await send(token, CREATE, input, ''),
        await send(token, CREATE, input, `${key} ${key}`),
        await send(token, CREATE, input, `${key}, ${key}`),
        await send(token, CREATE, input, `"${key}`),
        await send(token, CREATE, input, 'é'.repeat(30)),
      ];
      expect(rejected.map(({ status }) => status)).toEqual(rejected.map(() => 400));
      for (const { data, errors } of rejected) {
        expect(data).toBeUndefined();
        expect(errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
        expect(JSON.stringify(errors)).not.toContain(key);
      }
      expect(await rowsOf(server(), 'api_keys', organizationId)).toBe(0);
    });
  });

  test('is not given to another caller, organization or credential', async () => {
    const { sessionToken: token, organizationId } = await makeMember(server());
    const colleague = await makeMember(server(), { organizationId, role: 'owner' });
    const stranger = await makeMember(server());
    const operator = await makeOperatorToken(server(), `replay-${engine}`);
    const variables = { input: { name: 'Deploy', idempotencyKey: randomUUID() } };
    const secrets = [];
    for (const caller of [token, colleague.sessionToken, stranger.sessionToken])
      secrets.push((await ask(server(), CREATE, { token: caller, variables })).data.createApiKey.secret);
    const named = { input: { ...variables.input, organizationId } };
    secrets.push(
      (await ask(server(), CREATE, { token: operator, variables: named })).data.createApiKey.secret,
    );
    expect(new Set(secrets).size).toBe(4);
    const nobody = await ask(server(), CREATE, { variables });
    expect(nobody.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });
});

describe('two servers on PostgreSQL', () => {
  test('answer repetitions sent to either, at once or later, with one result', async () => {
    const [one, other] = (await startNodes(2)) as [TestServer, TestServer];
    const { sessionToken: token, organizationId } = await makeMember(one);
    const variables = { input: { name: 'Deploy', idempotencyKey: randomUUID() } };
    const sent = Array.from({ length: 10 }, (_, index) =>
      ask(index % 2 ? one : other, CREATE, { token, variables }),
    );
    const answers = (await Promise.all(sent)).map(({ data }) => data.createApiKey.secret);
    expect(new Set(answers).size).toBe(1);
    expect(await rowsOf(one, 'api_keys', organizationId)).toBe(1);
    await one.close();
    expect((await ask(other, CREATE, { token, variables })).data.createApiKey.secret).toBe(answers[0]);
  });

  test('create one organization for 100 requests at once, and none once the token is revoked', async () => {
    const [one, other] = (await startNodes(2)) as [TestServer, TestServer];
    const token = await makeOperatorToken(one, 'billing');
    const variables = { input: { name: 'Globex', idempotencyKey: randomUUID() } };
    const document = `mutation ($input: CreateOrganizationInput!) { createOrganization(input: $input) {
      ... on CreateOrganizationPayload { organization { id slug } } } }`;
    const send = (server: TestServer) => ask(server, document, { token, variables });
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => send(index % 2 ? one : other)),
    );
    const created = new Set(answers.map(({ data }) => JSON.stringify(data.createOrganization.organization)));
    expect(created.size).toBe(1);
    expect(await one.services.db.selectFrom('organizations').select('id').execute()).toHaveLength(1);
    await one.services.db.updateTable('operator_tokens').set({ revoked_at: 1 }).execute();
    expect((await send(other)).status).toBe(401);
  });

  test('confirm a repeated revocation, rotation and update of a role again', async () => {
    const [one, other] = (await startNodes(2)) as [TestServer, TestServer];
    const { sessionToken: token } = await makeMember(one);
    const create = async () =>
      (await ask(one, CREATE, { token, variables: { input: { name: 'Deploy' } } })).data.createApiKey;
    const { apiKey } = await create();
    const propagation = { confirmedNodes: 2, totalNodes: 2 };
    const rotation = { token, variables: { input: { id: apiKey.id, idempotencyKey: randomUUID() } } };
    const revocation = { token, variables: { input: { id: apiKey.id } } };
    for (const server of [one, other, one])
      expect((await ask(server, ROTATE, rotation)).data.rotateApiKey).toMatchObject({ propagation });
    const revoked = [];
    for (const server of [one, other, one])
      revoked.push((await ask(server, REVOKE, revocation)).data.revokeApiKey);
    for (const answer of revoked) expect(answer).toMatchObject({ propagation, apiKey: revoked[0].apiKey });
    const role =
      'role: createRole(input: { name: "CI", permissions: [] }) { ... on CreateRolePayload { role { id } } }';
    const { id } = (await ask(one, `mutation { ${role} }`, { token })).data.role.role;
    const update = `mutation { updateRole(input: { id: "${id}", permissions: ["a.b"] }) {
      ... on UpdateRolePayload { propagation { confirmedNodes totalNodes } } } }`;
    for (const server of [one, other, one])
      expect((await ask(server, update, { token })).data.updateRole).toEqual({ propagation });
  });
});
