import { expect, test } from 'vitest';
import { createTeam } from '../../src/teams/create-team.ts';
import { onEachDatabase } from '../support/databases.ts';
import { ask, makeMember, serverOn } from '../support/server.ts';
import { contextFor, memberOf } from '../support/services.ts';
import { run } from './run.ts';

const SIGN_IN = `mutation ($token: String!) {
  signIn(input: { token: $token }) { ... on SignInPayload { sessionToken } }
}`;

onEachDatabase('members', (engine) => {
  const server = serverOn(engine);

  async function member(role: 'owner' | 'admin' = 'owner', organization?: string) {
    const options = { role, ...(organization && { organizationId: organization }) };
    const { organizationId, sessionToken, email } = await makeMember(server(), options);
    const env = { KEYWRIGHT_URL: server().url, KEYWRIGHT_TOKEN: sessionToken };
    return { organizationId, email, members: (...args: string[]) => run(env, 'members', ...args) };
  }

  async function signIn(link: string): Promise<string> {
    const token = link.trim().split('#token=')[1];
    return (await ask(server(), SIGN_IN, { variables: { token } })).data.signIn.sessionToken;
  }

  test('invite prints a link that signs the person in', async () => {
    const { organizationId, members } = await member();
    const ctx = contextFor(server().services, memberOf(organizationId, ['*']));
    await createTeam(ctx, { organizationId, name: 'Platform' });
    const args = ['Grace@Example.com', '--role', 'Member', '--name', 'Grace', '--team', 'platform'];
    const { code, stdout, stderr } = await members('invite', ...args);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'Copy this link now. It works once and is not shown again.\n',
    });
    expect(stdout).toMatch(/^E-mail +grace@example\.com$/m);
    expect(stdout).toMatch(/^Role +member$/m);
    expect(stdout).toMatch(/^Teams +Platform$/m);
    const link = /^Sign-in link +(\S+)$/m.exec(stdout)?.[1] ?? '';
    const list = async () => (await members('list')).stdout;
    expect(await list()).toMatch(/^mem_\w+ +grace@example\.com +Grace +member +Platform +invited$/m);
    await signIn(link);
    expect(await list()).toMatch(/^mem_\w+ +grace@example\.com +Grace +member +Platform +\S+Z$/m);
  });

  test('invite prints the link alone, or JSON', async () => {
    const { members } = await member();
    const quiet = await members('invite', 'ada@example.org', '--role', 'admin', '--quiet');
    expect(quiet).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^http\S+#token=[\w-]{43}\n$/),
      stderr: '',
    });
    const { stdout, stderr } = await members('invite', 'bob@example.org', '--role', 'admin', '--json');
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      membership: {
        id: expect.stringMatching(/^mem_/),
        email: 'bob@example.org',
        name: null,
        user: null,
        role: { id: expect.stringMatching(/^role_/), name: 'admin' },
        teams: [],
        joinedAt: null,
      },
      signInUrl: expect.stringMatching(/^http\S+#token=[\w-]{43}$/),
    });
    const listed = JSON.parse((await members('list', '--json')).stdout) as { email: string }[];
    expect(listed.map(({ email }) => email)).toEqual(
      expect.arrayContaining(['ada@example.org', 'bob@example.org']),
    );
  });

  test('remove ends what the person is signed in with, by address or id', async () => {
    const { members, organizationId } = await member();
    const link = await members('invite', 'eve@example.org', '--role', 'member', '--quiet');
    const token = await signIn(link.stdout);
    expect((await ask(server(), '{ viewer { __typename } }', { token })).status).toBe(200);
    expect(await members('remove', 'EVE@example.org')).toEqual({
      code: 0,
      stdout: 'Removed EVE@example.org\n',
      stderr: '',
    });
    const { data, status } = await ask(server(), '{ viewer { organizations { nodes { id } } } }', { token });
    expect(status === 401 || data.viewer.organizations.nodes.length === 0).toBe(true);

    await members('invite', 'eve@example.org', '--role', 'member', '--quiet');
    const list = JSON.parse((await members('list', '--json')).stdout) as { id: string; joinedAt: unknown }[];
    const invited = list.find(({ joinedAt }) => joinedAt === null)?.id ?? '';
    const removed = await members('remove', invited, '--organization', organizationId, '--json');
    expect(JSON.parse(removed.stdout)).toEqual({ removedId: invited });
    expect((await members('list')).stdout).not.toContain('eve@example.org');
  });

  test('refusals have exit code 1 and say why', async () => {
    const owner = await member();
    const admin = await member('admin', owner.organizationId);
    const refused = async (who: typeof owner, ...args: string[]) => {
      const { code, stdout, stderr } = await who.members(...args);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      return stderr;
    };
    expect(await refused(owner, 'invite', 'nobody', '--role', 'member')).toBe(
      '<email>: must be an e-mail address\n',
    );
    expect(await refused(owner, 'invite', 'a@example.org', '--role', 'boss')).toMatch(
      /^No role found with the name boss\. Existing roles: .*\bmember\b.*\n$/,
    );
    expect(await refused(admin, 'invite', 'a@example.org', '--role', 'member')).toBe(
      'The permission member.manage is required\n',
    );
    expect(await refused(owner, 'remove', 'unknown@example.org')).toBe(
      'No member found with the e-mail address unknown@example.org\n',
    );
    expect(await refused(owner, 'remove', owner.email)).toMatch(/^.*owner.*\n$/);
    const stranger = await member();
    expect(await refused(stranger, 'list', '--organization', owner.organizationId)).toBe(
      'No organization found with this ID\n',
    );
  });
});

test.each([
  [['members', 'invite', 'ada@example.com'], "required option '--role <role>' not specified"],
  [['members', 'invite', '--role', 'owner'], "missing required argument 'email'"],
  [['members', 'remove'], "missing required argument 'member'"],
])('%j is wrong usage', async (args, message) => {
  const { code, stdout, stderr } = await run({}, ...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
});
