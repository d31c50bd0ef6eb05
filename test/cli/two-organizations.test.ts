import { expect, test } from 'vitest';
import { createTeam } from '../../src/teams/create-team.ts';
import { makePerson, sessionOf } from '../sessions/people.ts';
import { onEachDatabase } from '../support/databases.ts';
import { ask, makeApiKey, makeMember, makeOperatorToken, serverOn } from '../support/server.ts';
import { contextFor, memberOf } from '../support/services.ts';
import { run } from './run.ts';

onEachDatabase('a caller with access to two organizations', (engine) => {
  const server = serverOn(engine);

  /** Ada owns two organizations. A third one is not hers. */
  async function world() {
    const { services } = server();
    const one = await makePerson(services);
    const two = await makePerson(services, { email: one.email });
    const { token } = await sessionOf(services, two.userId);
    const foreign = await makeMember(server());
    const query = '{ viewer { organizations { nodes { id name slug } } } }';
    const { data } = await ask(server(), query, { token });
    const organizations = (data as Named).viewer.organizations.nodes;
    const bySlug = new Map(organizations.map(({ id, slug }) => [id, slug]));
    const env = { KEYWRIGHT_URL: server().url, KEYWRIGHT_TOKEN: token };
    const slug = bySlug.get(two.organizationId) ?? '';
    return { env, organizations, two, slug, foreign };
  }

  interface Named {
    viewer: { organizations: { nodes: { id: string; name: string; slug: string }[] } };
  }

  const COMMANDS = [
    ['keys', 'create', '--name', 'CI'],
    ['keys', 'create', '--name', 'CI', '--role', 'member'],
    ['keys', 'create', '--name', 'CI', '--team', 'Production'],
    ['keys', 'list'],
    ['keys', 'list', '--role', 'member'],
    ['keys', 'list', '--team', 'Production'],
    ['members', 'invite', 'bob@example.com', '--role', 'member'],
    ['members', 'list'],
    ['members', 'remove', 'carol@example.com'],
    ['organizations', 'show'],
  ] as const;

  test.each(COMMANDS.map((words) => [words.join(' '), words] as const))(
    'must choose one for %s, by slug or ID, as an option or in the environment',
    async (_title, words) => {
      const { env, organizations, two, slug, foreign } = await world();
      const [noun, verb] = words;
      const operator = {
        ...env,
        KEYWRIGHT_TOKEN: await makeOperatorToken(server(), `op-${crypto.randomUUID()}`),
      };
      await createTeam(contextFor(server().services, memberOf(two.organizationId, ['*'])), {
        organizationId: two.organizationId,
        name: 'Production',
      });

      const omitted = await run(env, ...words);
      expect(omitted).toMatchObject({ code: 1, stdout: '' });
      expect(omitted.stderr).toMatch(
        /^--organization: is required\. You can choose one of these by slug or ID:\n/,
      );
      for (const { id, name, slug } of organizations)
        expect(omitted.stderr).toMatch(new RegExp(`^${slug} +${name} +${id}$`, 'm'));
      expect(omitted.stderr).not.toContain(foreign.organizationId);
      expect(omitted.stderr.trimEnd().split('\n')).toHaveLength(2 + organizations.length);
      const byOperator = await run(operator, ...words);
      expect(byOperator.stderr).toMatch(/^--organization: is required\. You can choose/);

      const option = (organization: string) =>
        noun === 'organizations' ? [organization] : ['--organization', organization];
      for (const ran of [
        await run(env, ...words, ...option('nowhere')),
        await run({ ...env, KEYWRIGHT_ORGANIZATION: 'nowhere' }, ...words),
      ]) {
        expect(ran).toMatchObject({ code: 1, stdout: '' });
        expect(ran.stderr).toMatch(/^No organization found with the slug nowhere\. You can choose/);
        expect(ran.stderr).not.toContain(foreign.organizationId);
      }

      const again = (address: string) =>
        words.map((word) => word.replace(/^(bob|carol)@/, `${address}@`)) as string[];
      const attempts: [string, Record<string, string>, string[]][] = [
        ['a', env, option(slug)],
        ['b', env, option(two.organizationId)],
        ['c', { ...env, KEYWRIGHT_ORGANIZATION: slug }, []],
        ['d', { ...env, KEYWRIGHT_ORGANIZATION: 'nowhere' }, option(slug)],
        ['e', operator, option(slug)],
      ];
      for (const [address, own, options] of attempts) {
        if (verb === 'remove')
          await run(
            env,
            'members',
            'invite',
            `${address}@example.com`,
            '--role',
            'member',
            '--organization',
            slug,
          );
        const ran = await run(own, ...again(address), ...options, '--json');
        expect(ran).toMatchObject({ code: 0, stderr: '' });
      }
      const { stdout } = await run(env, 'organizations', 'show', slug, '--json');
      expect(JSON.parse(stdout).id).toBe(two.organizationId);
    },
  );

  test('needs to choose none for a key or member by ID', async () => {
    const { env, two } = await world();
    const { id, secret } = await makeApiKey(server(), two.organizationId);
    for (const words of [
      ['keys', 'show', id],
      ['keys', 'update', id, '--name', 'B', '--role', 'member'],
      ['keys', 'verify', secret],
      ['keys', 'rotate', id],
      ['keys', 'revoke', id],
      ['organizations', 'list'],
    ])
      expect(await run(env, ...words), words.join(' ')).toMatchObject({ code: 0 });
  });

  test('is an API key: its own organization is chosen, also by its slug', async () => {
    const { env, two, slug } = await world();
    const { secret } = await makeApiKey(server(), two.organizationId, { grants: ['*'] });
    for (const options of [[], ['--organization', slug], ['--organization', two.organizationId]])
      expect(await run({ ...env, KEYWRIGHT_TOKEN: secret }, 'keys', 'list', ...options)).toMatchObject({
        code: 0,
      });
  });
});
