import { expect, test } from 'vitest';
import { openDatabase } from '../../db/open.ts';
import { schema } from '../../schema/index.ts';
import { ATTEMPTED } from '../../schema/plugins/denied-attempts.ts';
import { systemPrincipal } from '../../src/access/principal.ts';
import { newId } from '../../src/core/ids.ts';
import { createRole } from '../../src/roles/create-role.ts';
import { deleteRole } from '../../src/roles/delete-role.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { createTestDatabaseUrl, onEachDatabase } from '../support/databases.ts';
import { CHANGED, rename } from '../support/live.ts';
import { areLive, connectLive } from '../support/live-socket.ts';
import {
  ask,
  makeApiKey,
  makeMember,
  serverOn,
  startTestServer,
  type TestMember,
} from '../support/server.ts';
import { contextFor } from '../support/services.ts';
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
      const { nodes } = await logOf(owner);
      return nodes.length === count && nodes;
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
    const lines = server().lines.filter((line) => line.includes('A mutation was rejected'));
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
    const recorded = async () =>
      (await logOf(owner, { outcome: 'DENIED', actions: ['api_key.create'] })).totalCount;
    for (let count = 0; count < 12; count += 1) await attempt(member);
    expect(await recorded()).toBe(10);
    for (let other = 0; other < 6; other += 1) {
      const one = await makeMember(server(), { organizationId: owner.organizationId, role: 'member' });
      for (let count = 0; count < 10; count += 1) await attempt(one);
    }
    // The first of the last caller is recorded beyond the 60.
    expect(await recorded()).toBe(61);
    server().clock.advance(60_000);
    await attempt(member);
    expect(await recorded()).toBe(62);
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

  test('names the object as it is now, where whoever reads the log may see it', async () => {
    const { owner, member } = await setUp();
    const { apiKey } = await createKey(owner);
    const revoke = 'mutation($id: ID!) { revokeApiKey(input: {id: $id}) { __typename } }';
    await ask(server(), revoke, { token: member.sessionToken, variables: { id: apiKey.id } });
    await settled(owner, 1);
    const query = `{ organization { auditLog { nodes { action target { __typename id ... on ApiKey { name } } } } } }`;
    const { data, errors } = await ask(server(), query, { token: owner.sessionToken });
    expect(errors).toEqual([]);
    const { nodes } = data.organization.auditLog;
    expect(nodes.slice(0, 2)).toEqual([
      { action: 'api_key.revoke', target: { __typename: 'ApiKey', id: apiKey.id, name: 'A' } },
      { action: 'api_key.created', target: { __typename: 'ApiKey', id: apiKey.id, name: 'A' } },
    ]);
    const ctx = contextFor(server().services, systemPrincipal('test'));
    const { organizationId } = owner;
    const role = { organizationId, name: 'Auditor', permissions: ['audit.view', 'organization.view'] };
    const { id: roleId } = (await createRole(ctx, role)).result;
    const auditor = await makeApiKey(server(), organizationId, { roleId });
    const seen = await ask(server(), query, { token: auditor.secret });
    const targets = (seen.data.organization.auditLog.nodes as { action: string; target: unknown }[]).filter(
      ({ action }) => action.startsWith('api_key.'),
    );
    expect(targets.length).toBeGreaterThan(2);
    expect(targets.every(({ target }) => target === null)).toBe(true);
    await deleteRole(ctx, { id: (await createRole(ctx, { ...role, name: 'Gone' })).result.id });
    const after = await ask(server(), query, { token: owner.sessionToken });
    expect(after.data.organization.auditLog.nodes[0]).toEqual({ action: 'role.deleted', target: null });
  });

  test('at several keys names the one that it failed for, and none where it failed for all', async () => {
    const { owner } = await setUp();
    const [own, unknown] = [(await createKey(owner)).apiKey.id, newId('key')];
    const revoke = 'mutation($ids: [ID!]!) { revokeApiKeys(input: {ids: $ids}) { __typename } }';
    const caller = await createKey(owner, ', grants: ["api.key.view"]');
    const failed = { token: owner.sessionToken, variables: { ids: [own, unknown] } };
    expect((await ask(server(), revoke, failed)).data.revokeApiKeys.__typename).toBe('NotFoundError');
    await settled(owner, 1);
    await ask(server(), revoke, { token: caller.secret, variables: { ids: [own, unknown] } });
    await settled(owner, 2);
    await ask(server(), revoke, { token: caller.secret, variables: { ids: [own] } });
    const entries = await settled(owner, 3);
    // An id of nothing is none of the organization's objects.
    expect(entries.map(({ targetId }: { targetId: string }) => targetId)).toEqual([own, null, null]);
  });

  test('says in the log in which of the caller’s organizations it was, and never what was typed', async () => {
    const { owner, member } = await setUp();
    const typed = 'kw_probe_organization';
    const before = server().lines.length;
    await ask(server(), CREATE, { token: member.sessionToken, variables: { id: owner.organizationId } });
    await ask(server(), CREATE, { token: member.sessionToken, variables: { id: typed } });
    const lines = server().lines.slice(before);
    const rejected = lines.filter((line) => line.includes('A mutation was rejected'));
    expect(rejected.map((line) => JSON.parse(line))).toMatchObject(
      Array(2).fill({
        operation: 'createApiKey',
        code: 'FORBIDDEN',
        actor: member.userId,
        organizationId: owner.organizationId,
        requestId: expect.any(String),
      }),
    );
    expect(lines.join('')).not.toContain(typed);
    expect(lines.join('')).not.toContain('kw_probe_value');
  });

  test('over a WebSocket is recorded too, and sent to no subscriber, live or from a cursor', async () => {
    const { owner, member } = await setUp();
    const { apiKey } = await createKey(owner);
    const socket = await connectLive(server(), owner.sessionToken);
    const changes = socket.subscribe(CHANGED);
    await areLive(server(), 1);
    await rename(server(), apiKey.id, 'First');
    const [first] = await changes.received(1);
    const attacker = await connectLive(server(), member.sessionToken);
    const attempt = attacker.subscribe(
      `mutation { revokeApiKey(input: {id: "${apiKey.id}"}) { __typename } }`,
    );
    await eventually(() => attempt.messages.length > 0);
    await settled(owner, 1);
    await rename(server(), apiKey.id, 'Second');
    await changes.received(2);
    const replay = socket.subscribe(CHANGED, { after: first.cursor });
    await replay.received(1);
    await rename(server(), apiKey.id, 'Third');
    await Promise.all([changes.received(3), replay.received(2)]);
    const seen = (events: { __typename: string; apiKey: { name: string } }[]) =>
      events.map((event) => `${event.__typename} ${event.apiKey.name}`);
    expect(seen(changes.events)).toEqual([
      'ApiKeyUpdated First',
      'ApiKeyUpdated Second',
      'ApiKeyUpdated Third',
    ]);
    expect(seen(replay.events)).toEqual(['ApiKeyUpdated Second', 'ApiKeyUpdated Third']);
    await Promise.all([socket.close(), attacker.close()]);
  });

  test('is seen by a key bound to teams where it concerns a key of its teams, and without who it was', async () => {
    const { owner, member } = await setUp();
    const { organizationId } = owner;
    const ctx = contextFor(server().services, systemPrincipal('test'));
    const { id: teamId } = (await createTeam(ctx, { organizationId, name: 'Bound' })).result;
    const inside = await makeApiKey(server(), organizationId, { teamIds: [teamId] });
    const outside = await makeApiKey(server(), organizationId);
    const revoke = 'mutation($id: ID!) { revokeApiKey(input: {id: $id}) { __typename } }';
    for (const { id } of [inside, outside])
      await ask(server(), revoke, { token: member.sessionToken, variables: { id } });
    await settled(owner, 2);
    const bound = await makeApiKey(server(), organizationId, { grants: ['*'], teamIds: [teamId] });
    const query = `{ organization { auditLog(filter: {outcome: DENIED}) { nodes { targetId actor { ... on SystemActor { name } } } } } }`;
    const { data } = await ask(server(), query, { token: bound.secret });
    expect(data.organization.auditLog.nodes).toEqual([{ targetId: inside.id, actor: { name: 'member' } }]);
  });

  test('that waits is written when the server stops', async () => {
    const { url, drop } = await createTestDatabaseUrl(engine);
    const stopping = await startTestServer(engine, { databaseUrl: url });
    const { organizationId } = await makeMember(stopping);
    const member = await makeMember(stopping, { organizationId, role: 'member' });
    const { errors } = await ask(stopping, CREATE, {
      token: member.sessionToken,
      variables: { id: organizationId },
    });
    expect(errors[0]?.extensions.code).toBe('FORBIDDEN');
    await stopping.close();
    const database = await openDatabase(url);
    const entries = await database.kysely
      .selectFrom('audit_log')
      .select('actor')
      .where('action', '=', 'api_key.create')
      .execute();
    await database.close();
    await drop();
    expect(entries).toEqual([{ actor: member.userId }]);
  });
});
