import { expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { ATTEMPTED } from '../../schema/plugins/denied-attempts.ts';
import { onEachDatabase } from '../support/databases.ts';
import { ask, makeMember, serverOn, type TestMember } from '../support/server.ts';
import { eventually } from '../support/wait.ts';

const LOG = `query($id: ID, $filter: AuditFilter) { organization(id: $id) { auditLog(filter: $filter, first: 100) {
  totalCount nodes { sequence action outcome targetId changes ip actor { ... on ApiKey { name } } } } } }`;
const CREATE =
  'mutation($id: ID) { createApiKey(input: {organizationId: $id, name: "kw_probe_value", grants: ["*"]}) { __typename } }';

test('every mutation says what a denied attempt at it is called, or that none is recorded', () => {
  const names = Object.keys(schema.getMutationType()?.getFields() ?? {});
  expect(names.sort()).toEqual(Object.keys(ATTEMPTED).sort());
});

onEachDatabase('a denied attempt', (engine) => {
  const server = serverOn(engine);

  async function logOf(owner: TestMember, filter: object = { outcome: 'DENIED' }) {
    const variables = { id: owner.organizationId, filter };
    const { data, errors } = await ask(server(), LOG, { token: owner.sessionToken, variables });
    expect(errors).toEqual([]);
    return data.organization.auditLog;
  }

  const settled = (owner: TestMember, count: number) =>
    eventually(async () => {
      const log = await logOf(owner);
      expect(log.totalCount).toBe(count);
      return log.nodes;
    });

  async function setUp() {
    const owner = await makeMember(server());
    const member = await makeMember(server(), { organizationId: owner.organizationId, role: 'member' });
    return { owner, member };
  }

  const createKey = async (by: TestMember, more = '') => {
    const query = `mutation($id: ID) { createApiKey(input: {organizationId: $id, name: "A"${more}}) { ... on CreateApiKeyPayload { secret apiKey { id } } } }`;
    const answer = await ask(server(), query, {
      token: by.sessionToken,
      variables: { id: by.organizationId },
    });
    return answer.data.createApiKey as { secret: string; apiKey: { id: string } };
  };

  test('is in the audit log of the organization, without the values that were sent', async () => {
    const { owner, member } = await setUp();
    await ask(server(), CREATE, { token: member.sessionToken, variables: { id: owner.organizationId } });
    const [entry] = await settled(owner, 1);
    expect(entry).toMatchObject({ action: 'api_key.create', outcome: 'DENIED', targetId: null, changes: {} });
    expect(entry.ip).toBe('127.0.0.1');
    expect(JSON.stringify(entry)).not.toContain('kw_probe_value');
    expect(
      (await logOf(owner, { outcome: 'DONE' })).nodes.every(
        (one: { outcome: string }) => one.outcome === 'DONE',
      ),
    ).toBe(true);
  });

  test('names the object, and is in the log with its code', async () => {
    const { owner, member } = await setUp();
    const { apiKey } = await createKey(owner);
    const query = 'mutation($id: ID!) { revokeApiKey(input: {id: $id}) { __typename } }';
    const { errors } = await ask(server(), query, {
      token: member.sessionToken,
      variables: { id: apiKey.id },
    });
    expect(errors[0]?.extensions.code).toBe('FORBIDDEN');
    const [entry] = await settled(owner, 1);
    expect(entry).toMatchObject({ action: 'api_key.revoke', targetId: apiKey.id });
    const lines = server().lines.filter((line) => line.includes('a mutation was rejected'));
    expect(lines.some((line) => line.includes('"code":"FORBIDDEN"') && line.includes(member.userId))).toBe(
      true,
    );
  });

  test('is recorded where the rejection is data: an escalation', async () => {
    const { owner } = await setUp();
    const caller = await createKey(owner, ', grants: ["api.key.create"]');
    const { data } = await ask(server(), CREATE, { token: caller.secret });
    expect(data.createApiKey.__typename).toBe('EscalationError');
    const [entry] = await settled(owner, 1);
    expect(entry).toMatchObject({ action: 'api_key.create', actor: { name: 'A' } });
  });

  test('on another organization’s object leaves a trace in the caller’s own log alone', async () => {
    const { owner } = await setUp();
    const { owner: stranger } = await setUp();
    const { apiKey } = await createKey(stranger);
    const query = 'mutation($id: ID!) { revokeApiKey(input: {id: $id}) { __typename } }';
    await ask(server(), query, { token: owner.sessionToken, variables: { id: apiKey.id } });
    const [entry] = await settled(owner, 1);
    expect(entry).toMatchObject({ action: 'api_key.revoke', targetId: null });
    expect((await logOf(stranger)).totalCount).toBe(0);
  });

  test('is not recorded where the input was wrong, or the time', async () => {
    const { owner } = await setUp();
    const { apiKey } = await createKey(owner);
    const token = owner.sessionToken;
    const revoke = 'mutation($id: ID!) { revokeApiKey(input: {id: $id}) { __typename } }';
    await ask(server(), revoke, { token, variables: { id: apiKey.id } });
    await ask(server(), revoke, { token, variables: { id: apiKey.id } });
    const empty = 'mutation($id: ID) { createApiKey(input: {organizationId: $id, name: ""}) { __typename } }';
    await ask(server(), empty, { token, variables: { id: owner.organizationId } });
    await server().services.deniedAttempts.stop();
    expect((await logOf(owner)).totalCount).toBe(0);
  });

  test('is recorded ten times a minute of one caller, and 60 times in one organization', async () => {
    const { owner, member } = await setUp();
    const attempt = async (by: TestMember): Promise<void> => {
      await ask(server(), CREATE, { token: by.sessionToken, variables: { id: owner.organizationId } });
      await server().services.deniedAttempts.stop();
    };
    for (let count = 0; count < 12; count += 1) await attempt(member);
    expect((await logOf(owner)).totalCount).toBe(10);
    for (let other = 0; other < 6; other += 1) {
      const one = await makeMember(server(), { organizationId: owner.organizationId, role: 'member' });
      for (let count = 0; count < 10; count += 1) await attempt(one);
    }
    expect((await logOf(owner)).totalCount).toBe(60);
    server().clock.advance(60_000);
    await attempt(member);
    expect((await logOf(owner)).totalCount).toBe(61);
  });

  test('is no change of a key: whoever replays changes is not sent it, and has no gap', async () => {
    const { owner, member } = await setUp();
    const { apiKey } = await createKey(owner);
    const update = 'mutation($id: ID!) { updateApiKey(input: {id: $id, name: "B"}) { __typename } }';
    await ask(server(), update, { token: member.sessionToken, variables: { id: apiKey.id } });
    await settled(owner, 1);
    await ask(server(), update, { token: owner.sessionToken, variables: { id: apiKey.id } });
    const { nodes } = await logOf(owner, {});
    const actions = nodes.map((one: { action: string }) => one.action);
    expect(actions.slice(0, 3)).toEqual(['api_key.updated', 'api_key.update', 'api_key.created']);
    const numbers = nodes.map((one: { sequence: string }) => Number(one.sequence));
    expect(numbers).toEqual(numbers.map((_: number, at: number) => numbers[0] - at));
  });
});
