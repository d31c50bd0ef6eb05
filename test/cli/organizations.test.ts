import { expect, test } from 'vitest';
import { updateOrganization } from '../../src/organizations/update-organization.ts';
import { onEachDatabase } from '../support/databases.ts';
import { makeApiKey, makeMember, makeOperatorToken, serverOn } from '../support/server.ts';
import { contextFor, memberOf } from '../support/services.ts';
import { finish, run, start } from './run.ts';

onEachDatabase('organizations', (engine) => {
  const server = serverOn(engine);

  async function owner() {
    const { organizationId, sessionToken } = await makeMember(server());
    const env = { KEYWRIGHT_URL: server().url, KEYWRIGHT_TOKEN: sessionToken };
    return { organizationId, env };
  }

  test('list prints one’s own, and all for an operator', async () => {
    const { organizationId, env } = await owner();
    const other = await owner();
    const own = await run(env, 'organizations', 'list');
    expect(own).toEqual({ code: 0, stdout: expect.any(String), stderr: '' });
    const [titles, ...rows] = own.stdout.trimEnd().split('\n');
    expect(titles).toMatch(/^ID +NAME +SLUG +KEY PREFIX +CREATED$/);
    expect(rows).toEqual([
      expect.stringMatching(new RegExp(`^${organizationId} +Acme +acme\\S* +kw +\\S+Z$`)),
    ]);

    const operator = { ...env, KEYWRIGHT_TOKEN: await makeOperatorToken(server(), 'lists') };
    const { stdout } = await run(operator, 'organizations', 'list', '--all', '--json');
    const ids = (JSON.parse(stdout) as { id: string }[]).map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining([organizationId, other.organizationId]));
  });

  test('show prints limits, policy and figures, by id, by slug or for one’s only one', async () => {
    const { organizationId, env } = await owner();
    await updateOrganization(contextFor(server().services, memberOf(organizationId, ['*'])), {
      id: organizationId,
      rotationPolicy: { testDays: null },
      permissionCatalog: [{ name: 'prompt.render' }],
      allowedOrigins: ['https://app.example.com', 'http://localhost:5173'],
    });
    await makeApiKey(server(), organizationId);
    const { stdout } = await run(env, 'organizations', 'show');
    for (const line of [
      `ID +${organizationId}`,
      'Active keys +1 of any number',
      'Rotation, live +every 90 days',
      'Rotation, test +none',
      'Custom permissions +prompt.render',
      'Allowed origins +http://localhost:5173, https://app.example.com',
      'Keys: active +1',
      'Keys: rotation overdue +0',
    ])
      expect(stdout).toMatch(new RegExp(`^${line}$`, 'm'));
    const json = JSON.parse((await run(env, 'organizations', 'show', organizationId, '--json')).stdout);
    expect(json).toMatchObject({
      id: organizationId,
      limits: { activeApiKeys: 1, maxActiveApiKeys: null },
      rotationPolicy: { liveDays: 90, testDays: null },
      keySummary: { active: 1 },
    });
    expect((await run(env, 'organizations', 'show', json.slug)).stdout).toBe(stdout);
  });

  test('show leaves the figures out for who may not see keys', async () => {
    const { organizationId, env } = await owner();
    const { secret } = await makeApiKey(server(), organizationId, { grants: ['organization.view'] });
    const { stdout } = await run({ ...env, KEYWRIGHT_TOKEN: secret }, 'organizations', 'show', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ id: organizationId, keySummary: null });
  });

  test('show knows nothing of another’s', async () => {
    const { env } = await owner();
    const other = await owner();
    const { slug } = JSON.parse((await run(other.env, 'organizations', 'show', '--json')).stdout);
    expect(await run(env, 'organizations', 'show', other.organizationId)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'No organization found with this ID\n',
    });
    expect(await run(env, 'organizations', 'show', slug)).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        new RegExp(
          `^No organization found with the slug ${slug}. You can choose .*:\nSLUG +NAME +ID\n\\S+ +Acme +org_\\w+\n$`,
        ),
      ),
    });
  });

  test('limit works on the database beside a running server, and holds at once', async () => {
    const { organizationId, env } = await owner();
    const { slug } = JSON.parse((await run(env, 'organizations', 'show', '--json')).stdout);
    const { databaseUrl } = server().services.config;
    // In a process of its own, as an operator has it: two connections to SQLite in one would wait for each other.
    const limit = (...args: string[]) =>
      finish(start({ DATABASE_URL: databaseUrl }, 'organizations', 'limit', ...args));
    expect(await limit(slug, '1')).toEqual({
      code: 0,
      stdout: `Acme (${organizationId}) can have 1 active API keys\n`,
      stderr: '',
    });
    const create = () => run(env, 'keys', 'create', '--name', 'CI', '--quiet');
    expect((await create()).code).toBe(0);
    expect(await create()).toEqual({
      code: 1,
      stdout: '',
      stderr: 'The organization has 1 active API keys and its limit is 1\n',
    });
    const lifted = await limit(organizationId, 'none', '--json');
    expect(JSON.parse(lifted.stdout)).toEqual({ organizationId, maxActiveApiKeys: null });
    expect((await create()).code).toBe(0);
    expect(await limit('nobody', '1')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'No organization found with this ID or slug\n',
    });
  });
});

test.each([
  [['organizations'], 'Usage: keywright organizations'],
  [['organizations', 'limit', 'acme'], "missing required argument 'number'"],
  [['organizations', 'limit', 'acme', 'many'], 'It must be a whole number or none'],
  [['organizations', 'limit', 'acme', '2147483648'], 'It must be a whole number from 0 to 2147483647'],
])('%j is wrong usage', async (args, message) => {
  const { code, stdout, stderr } = await run({ DATABASE_URL: 'sqlite:/dev/null/nowhere.db' }, ...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
});
