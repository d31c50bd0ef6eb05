import { expect, test } from 'vitest';
import { openDatabase } from '../../db/open.ts';
import { createTestDatabaseUrl, onEachDatabase } from '../support/databases.ts';
import {
  ask,
  makeApiKey,
  makeMember,
  serverOn,
  startTestServer,
  type TestMember,
} from '../support/server.ts';
import { eventually } from '../support/wait.ts';

const OMITTED = 'organization.denied_attempts_omitted';
const LOG = `query($id: ID) { organization(id: $id) { auditLog(filter: { outcome: DENIED }, first: 100) {
  nodes { action changes targetId ip actor { ... on ApiKey { id } ... on User { id } ... on SystemActor { name } } } } } }`;

interface Entry {
  readonly action: string;
  readonly changes: Readonly<Record<string, readonly [unknown, unknown]>>;
  readonly targetId: string | null;
  readonly ip: string | null;
  readonly actor: { readonly id?: string; readonly name?: string };
}

onEachDatabase('denied attempts beyond what is recorded', (engine) => {
  const server = serverOn(engine);

  async function logOf({ organizationId, sessionToken }: TestMember) {
    const { data, errors } = await ask(server(), LOG, {
      token: sessionToken,
      variables: { id: organizationId },
    });
    expect(errors).toEqual([]);
    const nodes = data.organization.auditLog.nodes as Entry[];
    const omitted = nodes.filter(({ action }) => action === OMITTED);
    return { attempts: nodes.filter(({ action }) => action !== OMITTED), omitted };
  }

  /** Tries what the caller may not do, and waits until all of that is written. */
  async function attempt(token: string, organizationId: string, times = 1): Promise<void> {
    const query = 'mutation($id: ID) { createTeam(input: {organizationId: $id, name: "B"}) { __typename } }';
    for (let time = 0; time < times; time += 1) {
      const { data } = await ask(server(), query, { token, variables: { id: organizationId } });
      expect(data?.createTeam ?? null).toBeNull();
      await server().services.deniedAttempts.stop();
    }
  }

  const countOf = (entries: readonly Entry[]) =>
    entries.reduce((sum, { changes }) => sum + Number(changes.count?.[1]), 0);

  test('of keys without permissions leave those of a manager in the log', async () => {
    const owner = await makeMember(server());
    const { organizationId } = owner;
    for (let one = 0; one < 6; one += 1)
      await attempt((await makeApiKey(server(), organizationId)).secret, organizationId, 10);
    const before = await logOf(owner);
    expect(before.attempts).toHaveLength(20);
    expect(countOf(before.omitted)).toBe(40);
    const manager = await makeApiKey(server(), organizationId, { grants: ['api.key.create'] });
    await attempt(manager.secret, organizationId, 10);
    const { attempts } = await logOf(owner);
    expect(attempts.filter(({ actor }) => actor.id === manager.id)).toHaveLength(10);
  });

  test('of managers leave the first of each other manager in the log', async () => {
    const owner = await makeMember(server());
    const { organizationId } = owner;
    const keys = [];
    for (let one = 0; one < 8; one += 1)
      keys.push(await makeApiKey(server(), organizationId, { grants: ['api.key.view'] }));
    for (const { secret } of keys) await attempt(secret, organizationId, 11);
    const { attempts, omitted } = await logOf(owner);
    const counts = keys.map(({ id }) => attempts.filter(({ actor }) => actor.id === id).length);
    expect(counts).toEqual([10, 10, 10, 10, 10, 10, 1, 1]);
    expect(countOf(omitted)).toBe(8 * 11 - 62);
  });

  test('are counted, in the organization that they were in alone', async () => {
    const owner = await makeMember(server());
    const other = await makeMember(server());
    const { organizationId } = owner;
    const { secret } = await makeApiKey(server(), organizationId);
    await attempt(secret, organizationId, 13);
    const { attempts, omitted } = await logOf(owner);
    expect([attempts.length, countOf(omitted)]).toEqual([10, 3]);
    expect(omitted[0]).toMatchObject({
      changes: { count: [null, expect.any(Number)], since: [null, expect.any(String)] },
      targetId: null,
      ip: null,
      actor: { name: 'keywright' },
    });
    expect(await logOf(other)).toEqual({ attempts: [], omitted: [] });
  });

  test('of a member of several organizations too', async () => {
    const owner = await makeMember(server());
    const elsewhere = await makeMember(server());
    const member = await makeMember(server(), { organizationId: owner.organizationId, role: 'member' });
    const { db } = server().services;
    const { role_id } = await db
      .selectFrom('memberships')
      .select('role_id')
      .where('user_id', '=', elsewhere.userId)
      .executeTakeFirstOrThrow();
    const second = {
      id: `mem_${member.userId.slice('user_'.length)}`,
      organization_id: elsewhere.organizationId,
      user_id: member.userId,
      role_id,
      name: null,
      created_at: 0,
      joined_at: 0,
      confirmed: 1,
      invited_by: null,
    };
    await db.insertInto('memberships').values(second).execute();
    await attempt(member.sessionToken, owner.organizationId, 12);
    const { attempts, omitted } = await logOf(owner);
    expect([attempts.length, countOf(omitted)]).toEqual([10, 2]);
    expect(await logOf(elsewhere)).toEqual({ attempts: [], omitted: [] });
  });

  test('are written a minute later as one entry, while others go on', async () => {
    const owner = await makeMember(server());
    const { organizationId } = owner;
    const { secret } = await makeApiKey(server(), organizationId);
    const query = 'mutation($id: ID) { createTeam(input: {organizationId: $id, name: "B"}) { __typename } }';
    const tryOnce = () => ask(server(), query, { token: secret, variables: { id: organizationId } });
    for (let time = 0; time < 14; time += 1) await tryOnce();
    await eventually(async () => (await logOf(owner)).attempts.length === 10);
    expect((await logOf(owner)).omitted).toEqual([]);
    server().clock.advance(60_000);
    await tryOnce();
    const { omitted } = await eventually(async () => {
      const log = await logOf(owner);
      return log.omitted.length > 0 && log.attempts.length === 11 && log;
    });
    expect([omitted.length, countOf(omitted)]).toEqual([1, 4]);
  });

  test('are written when the server stops', async () => {
    const { url, drop } = await createTestDatabaseUrl(engine);
    const stopping = await startTestServer(engine, { databaseUrl: url });
    const { organizationId } = await makeMember(stopping);
    const { secret } = await makeApiKey(stopping, organizationId);
    const query = 'mutation($id: ID) { createTeam(input: {organizationId: $id, name: "B"}) { __typename } }';
    for (let time = 0; time < 15; time += 1)
      await ask(stopping, query, { token: secret, variables: { id: organizationId } });
    await stopping.close();
    const database = await openDatabase(url);
    const entries = await database.kysely
      .selectFrom('audit_log')
      .select(['actor', 'changes'])
      .where('action', '=', OMITTED as never)
      .execute();
    await database.close();
    await drop();
    expect(entries.map(({ actor, changes }) => [actor, JSON.parse(changes).count])).toEqual([
      ['keywright', [null, 5]],
    ]);
  });
});
