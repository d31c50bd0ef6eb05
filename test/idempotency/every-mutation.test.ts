import { randomUUID } from 'node:crypto';
import { isUnionType } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { DENIED_ACTIONS } from '../../src/changes/events.ts';
import { connectionLoss } from '../support/connection-loss.ts';
import { onEachDatabase } from '../support/databases.ts';
import { ask, makeApiKey, makeMember, makeOperatorToken, serverOn } from '../support/server.ts';

/** A mutation whose response is lost. */
interface Case {
  readonly input: object | null;
  /** Omitted: an owner's. */
  readonly token?: string;
  /** What the request returns that repeats it. Omitted: the payload, as the first time. */
  readonly again?: string;
  /** Changes that the audit log records. Omitted: one. */
  readonly changes?: number;
}

onEachDatabase('a mutation whose response is lost', (engine) => {
  const loss = connectionLoss();
  const server = serverOn(engine, { plugins: [loss.plugin] });

  async function setUp() {
    const owner = await makeMember(server());
    const { sessionToken: token, organizationId } = owner;
    const other = await makeMember(server(), { organizationId, role: 'member' });
    const operator = await makeOperatorToken(server(), `lost-${randomUUID()}`);
    const run = async (query: string, by = token) => (await ask(server(), query, { token: by })).data;
    const key = await makeApiKey(server(), organizationId);
    const role = (
      await run(
        'mutation { createRole(input: { name: "CI", permissions: [] }) { ... on CreateRolePayload { role { id } } } }',
      )
    ).createRole.role.id;
    const team = (
      await run(
        'mutation { createTeam(input: { name: "Shop" }) { ... on CreateTeamPayload { team { id } } } }',
      )
    ).createTeam.team.id;
    const roles = (await run('{ organization { roles { nodes { id name } } } }')).organization.roles.nodes;
    const member = roles.find(({ name }: { name: string }) => name === 'member').id;
    const members = (await run('{ organization { members { nodes { id email } } } }')).organization.members
      .nodes;
    const membership = members.find(({ email }: { email: string }) => email === other.email).id;
    const secretId = (await run(`{ apiKey(id: "${key.id}") { secrets { id } } }`)).apiKey.secrets[0].id;
    const session = (await run('{ viewer { sessions { id } } }')).viewer.sessions[0].id;
    const invited = `mutation { inviteMember(input: { email: "new@example.com", roleId: "${member}" }) {
      ... on InviteMemberPayload { signInUrl } } }`;
    const signInToken = (await run(invited)).inviteMember.signInUrl.split('token=')[1];
    const idempotencyKey = randomUUID();
    const cases: Record<string, Case> = {
      createApiKey: { input: { name: 'Deploy', idempotencyKey } },
      rotateApiKey: { input: { id: key.id, idempotencyKey } },
      inviteMember: { input: { email: 'bob@example.com', roleId: member, idempotencyKey } },
      createOrganization: { input: { name: 'Globex', idempotencyKey }, token: operator },
      createRole: { input: { name: 'Deployer', permissions: [] }, again: 'NAME_TAKEN' },
      createTeam: { input: { name: 'Billing' }, again: 'NAME_TAKEN' },
      importApiKeys: {
        input: { keys: [{ foreignId: 'moved', name: 'Moved', hash: 'ab'.repeat(32), algorithm: 'SHA256' }] },
      },
      updateApiKey: { input: { id: key.id, name: 'Renamed', enabled: false } },
      updateApiKeys: { input: { ids: [key.id], enabled: false } },
      updateMember: { input: { id: membership, teamIds: [team] } },
      updateOrganization: { input: { id: organizationId, name: 'Initech' } },
      updateRole: { input: { id: role, permissions: ['a.b'] } },
      updateTeam: { input: { id: team, name: 'Store' } },
      revokeApiKey: { input: { id: key.id } },
      revokeApiKeys: { input: { ids: [key.id] } },
      revokeApiKeySecret: { input: { id: secretId } },
      deleteRole: { input: { id: role }, again: 'NOT_FOUND' },
      deleteTeam: { input: { id: team }, again: 'NOT_FOUND' },
      removeMember: { input: { id: membership }, again: 'NOT_FOUND', changes: 2 },
      revokeSession: { input: { id: session }, again: 'UNAUTHENTICATED' },
      signIn: { input: { token: signInToken }, token: '', again: 'NOT_FOUND', changes: 2 },
      signOut: { input: null, again: 'UNAUTHENTICATED' },
      verifyApiKey: { input: { key: key.secret }, changes: 0 },
      // Its batches are numbered: test/verifiers/usage.test.ts.
      reportVerifications: { input: { stream: 'none' }, again: 'BAD_USER_INPUT', changes: 0 },
    };
    return { cases, token, organizationId };
  }

  const changes = async () => {
    const rows = await server()
      .services.db.selectFrom('audit_log')
      .select('action')
      .where('action', 'not in', DENIED_ACTIONS)
      .execute();
    return rows.length;
  };

  const mutations = schema.getMutationType()?.getFields() ?? {};

  test('is in this test', async () => {
    const { cases } = await setUp();
    expect(Object.keys(cases).toSorted()).toEqual(Object.keys(mutations).toSorted());
    for (const [name, { input }] of Object.entries(cases))
      expect([name, 'idempotencyKey' in (input ?? {})]).toEqual([
        name,
        /idempotencyKey/.test(inputFields(name)),
      ]);
  });

  for (const name of Object.keys(mutations))
    test(`is made exactly once, and is safe to send again: ${name}`, async () => {
      const { cases, token: owner } = await setUp();
      const { input, token = owner, again, changes: expected = 1 } = cases[name] as Case;
      const before = await changes();
      const send = () => ask(server(), documentOf(name), { token, variables: { input } });
      loss.next();
      await expect(send()).rejects.toThrow();
      const made = (await changes()) - before;
      expect(made).toBe(expected);
      const [second, third] = [await send(), await send()];
      expect(third.data).toEqual(second.data);
      const { __typename, ...shown } = second.data?.[name] ?? {};
      const code = second.errors[0]?.extensions.code ?? shown.reason ?? shown.code;
      if (again) expect(code).toBe(again);
      else {
        expect(__typename).toMatch(/Payload$/);
        for (const value of Object.values(shown)) expect(value).toBeTruthy();
      }
      expect(await changes()).toBe(before + made);
    });
});

function inputFields(name: string): string {
  const input = schema.getMutationType()?.getFields()[name]?.args[0]?.type;
  const type = schema.getType(String(input).replace('!', ''));
  return type && 'getFields' in type ? Object.keys(type.getFields()).join(' ') : '';
}

/** Fields that are shown once, or identify what was created. */
const SHOWN: Readonly<Record<string, string>> = {
  createApiKey: 'secret apiKey { id }',
  rotateApiKey: 'secret retiring { id }',
  inviteMember: 'signInUrl membership { id }',
  createOrganization: 'organization { id slug }',
};

function documentOf(name: string): string {
  const [argument] = schema.getMutationType()?.getFields()[name]?.args ?? [];
  const payload = `${name[0]?.toUpperCase()}${name.slice(1)}Payload`;
  const result = schema.getMutationType()?.getFields()[name]?.type;
  const has = (type: string) => isUnionType(result) && result.getTypes().some(({ name }) => name === type);
  const fields = SHOWN[name] ? `... on ${payload} { ${SHOWN[name]} }` : '';
  const errors = `${isUnionType(result) ? '... on Error { code }' : ''} ${has('ConflictError') ? '... on ConflictError { reason }' : ''}`;
  return `mutation ($input: ${argument?.type}) { ${name}(input: $input) { __typename ${fields} ${errors} } }`;
}
