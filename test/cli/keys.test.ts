import { expect, test } from 'vitest';
import { createTeam } from '../../src/teams/create-team.ts';
import { onEachDatabase } from '../support/databases.ts';
import { makeApiKey, makeMember, makeOperatorToken, serverOn } from '../support/server.ts';
import { contextFor, memberOf } from '../support/services.ts';
import { finish, run, runWith, start } from './run.ts';

const SECRET = /^kw_live_[0-9A-Za-z]{38}$/;

onEachDatabase('keys', (engine) => {
  const server = serverOn(engine);

  /** A new organization's member, at the command line. */
  async function member(role: 'owner' | 'admin' | 'member' = 'owner', organization?: string) {
    const options = { role, ...(organization && { organizationId: organization }) };
    const { organizationId, sessionToken, email } = await makeMember(server(), options);
    const env = { KEYWRIGHT_URL: server().url, KEYWRIGHT_TOKEN: sessionToken };
    const keys = (...args: string[]) => run(env, 'keys', ...args);
    const verify = (secret: string, ...args: string[]) =>
      runWith({ env, stdin: [`${secret}\n`] }, 'keys', 'verify', '-', ...args);
    const json = async (...args: string[]) => {
      const { code, stdout, stderr } = await keys(...args, '--json');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/^[[{].*\n$/);
      return JSON.parse(stdout);
    };
    return { organizationId, email, env, keys, verify, json };
  }

  test('create prints the key and its secret, with a note that it is not shown again', async () => {
    const { keys, verify, email } = await member();
    const { code, stdout, stderr } = await keys('create', '--name', 'Terraform CI/CD', '--role', 'Admin');
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'Copy this secret now. It is not shown again.\n' });
    expect(stdout).toMatch(/^Name +Terraform CI\/CD$/m);
    expect(stdout).toMatch(/^Role +admin \(role_\w+\)$/m);
    expect(stdout).toMatch(new RegExp(`^Created +\\S+Z by ${email}$`, 'm'));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those are looked for.
    expect(stdout).not.toMatch(/\u001b/);
    const secret = /^Secret +(\S+)$/m.exec(stdout)?.[1] ?? '';
    expect(secret).toMatch(SECRET);
    expect(await verify(secret)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^VALID {2}key_\w+ /),
    });
  });

  test('create --quiet prints the secret alone', async () => {
    const { keys } = await member();
    const { code, stdout, stderr } = await keys('create', '--name', 'CI', '--quiet');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.slice(0, -1)).toMatch(SECRET);
  });

  test('verify requires all permissions, and one of the alternative ones', async () => {
    const { keys, verify } = await member();
    const secret = (await keys('create', '--name', 'CI', '--grant', 'orders.read', '--quiet')).stdout.trim();
    const alternatives = ['--any-permission', 'orders.write', '--any-permission', 'orders.read'];
    expect((await verify(secret, '--permission', 'orders.read', ...alternatives)).code).toBe(0);
    expect(await verify(secret, ...alternatives.slice(0, 2))).toMatchObject({
      code: 1,
      stdout: 'INSUFFICIENT_PERMISSIONS\n',
    });
  });

  test('create takes everything that a key can have, roles and teams by name', async () => {
    const { organizationId, json } = await member();
    const ctx = contextFor(server().services, memberOf(organizationId, ['*']));
    const { result: team } = await createTeam(ctx, { organizationId, name: 'Müller & Söhne' });
    const policy = [
      ...[
        '--description',
        'Deploys',
        '--environment',
        'test',
        '--role',
        'member',
        '--team',
        'müller & söhne',
      ],
      ...['--permission', 'prompt.render', '--grant', 'deploy', '--allow', '10.0.0.0/8', '--allow', '::1'],
      ...['--rate-limit', '100/1m', '--expires-at', '2099-01-31', '--external-id', 'c-1'],
      ...['--metadata', '{"plan":"pro"}', '--organization', organizationId],
    ];
    const { apiKey, secret } = await json('create', '--name', 'CI', ...policy);
    expect(secret).toMatch(/^kw_test_/);
    expect(apiKey).toMatchObject({
      name: 'CI',
      description: 'Deploys',
      environment: 'TEST',
      status: 'ACTIVE',
      role: { name: 'member' },
      teams: [{ id: team.id, name: team.name }],
      grants: ['prompt.render', 'deploy'],
      ipAllowlist: ['10.0.0.0/8', '::1/128'],
      rateLimit: { limit: 100, windowSeconds: 60 },
      expiresAt: '2099-01-31T00:00:00.000Z',
      externalId: 'c-1',
      metadata: { plan: 'pro' },
      organization: { id: organizationId },
      secrets: [{ status: 'ACTIVE', uses: 0 }],
    });
    const in90Days = Date.now() + 90 * 86_400_000;
    const expiring = await json('create', '--name', 'CI', '--expires-in', '90d');
    expect(Math.abs(Date.parse(expiring.apiKey.expiresAt) - in90Days)).toBeLessThan(60_000);
    expect(await json('show', apiKey.id)).toEqual(apiKey);
  });

  test('create says all that is wrong, a line each, by its option', async () => {
    const { keys } = await member();
    const faults = ['--name', ' ', '--allow', '::1', '--allow', '10.1.0.0/8', '--permission', 'Not One'];
    const { code, stdout, stderr } = await keys('create', ...faults, '--rate-limit', '0/60');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.trimEnd().split('\n').sort()).toEqual([
      expect.stringMatching(/^--allow no\. 2: .*did you mean 10\.0\.0\.0\/8\?$/),
      expect.stringMatching(/^--name: must not be empty$/),
      expect.stringMatching(/^--permission no\. 1: /),
      expect.stringMatching(/^--rate-limit limit: /),
    ]);
  });

  test('list narrows, orders and pages as the options say', async () => {
    const { organizationId, keys, json } = await member();
    for (const name of ['beta', 'alpha', 'gamma'])
      await makeApiKey(server(), organizationId, { name, environment: name === 'gamma' ? 'test' : 'live' });
    const names = async (...args: string[]) =>
      (await json('list', ...args)).map((key: { name: string }) => key.name);
    expect(await names('--order-by', 'name')).toEqual(['alpha', 'beta', 'gamma']);
    expect(await names('--order-by', 'name', '--order', 'desc')).toEqual(['gamma', 'beta', 'alpha']);
    expect(await names('--environment', 'test')).toEqual(['gamma']);
    expect(await names('--search', 'BETA')).toEqual(['beta']);
    expect(await names('--unused-since', '90d')).toEqual([]);
    expect(await names('--unused-since', '2099-01-01', '--order-by', 'name')).toEqual([
      'alpha',
      'beta',
      'gamma',
    ]);
    expect(await names('--rotation-due-before', '10w', '--environment', 'live')).toEqual([]);
    expect(await names('--rotation-due-before', '91d', '--order-by', 'name')).toEqual(['alpha', 'beta']);
    expect(await names('--all', '--order-by', 'name')).toEqual(['alpha', 'beta', 'gamma']);
    expect(await names('--role', 'admin')).toEqual([]);

    const page = await keys('list', '--first', '2', '--order-by', 'name', '--quiet');
    expect(page.stdout).toMatch(/^key_\w+\nkey_\w+\n$/);
    const cursor = /^There are more rows: .* --after (\S+) to continue\.\n$/.exec(page.stderr)?.[1] ?? '';
    expect(await names('--after', cursor, '--order-by', 'name')).toEqual(['gamma']);

    const { stdout } = await keys('list', '--order-by', 'name');
    const [titles, ...rows] = stdout.trimEnd().split('\n');
    expect(titles).toMatch(/^ID +NAME +STARTS WITH +STATUS +ROLE +CREATED +LAST USED +EXPIRES$/);
    expect(rows).toEqual([
      expect.stringMatching(/^key_\w+ +alpha +kw_live_\w{8} +active +- +\S+Z +- +-$/),
      expect.stringMatching(/ beta /),
      expect.stringMatching(/ gamma +kw_test_/),
    ]);
  });

  test('list takes every filter that the API has', async () => {
    const { organizationId, json } = await member();
    const ctx = contextFor(server().services, memberOf(organizationId, ['*']));
    const { result: team } = await createTeam(ctx, { organizationId, name: 'Platform' });
    const { apiKey } = await json('create', '--name', 'one', '--role', 'admin', '--team', team.id);
    await json('create', '--name', 'two', '--external-id', 'c-1', '--expires-in', '3d');
    const names = async (...args: string[]) =>
      (await json('list', ...args)).map((key: { name: string }) => key.name);
    for (const one of [
      ['--role', 'admin'],
      ['--role', apiKey.role.id],
      ['--team', 'platform'],
      ['--search', apiKey.id],
    ])
      expect(await names(...one)).toEqual(['one']);
    for (const two of [
      ['--external-id', 'c-1'],
      ['--expires-before', '7d'],
    ])
      expect(await names(...two)).toEqual(['two']);
    expect(await names('--created-by', apiKey.createdBy.id)).toEqual(['two', 'one']);
    expect(await names('--created-by', apiKey.id)).toEqual([]);
  });

  test('list ends in peace when nobody reads on', async () => {
    const { env } = await member();
    const child = start(env, 'keys', 'list', '--json');
    child.process.stdout?.destroy();
    expect(await finish(child)).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('list --all goes through every page', async () => {
    const { organizationId, keys } = await member();
    for (let n = 0; n < 101; n += 1) await makeApiKey(server(), organizationId);
    const all = await keys('list', '--all', '--quiet');
    expect({ stderr: all.stderr, count: new Set(all.stdout.split('\n')).size }).toEqual({
      stderr: '',
      count: 102,
    });
    expect((await keys('list', '--quiet')).stdout.split('\n')).toHaveLength(101);
  });

  test('update changes what it is told, and clears by --no-…', async () => {
    const { organizationId, keys, json } = await member();
    const rateLimit = { limit: 1, windowSeconds: 60 };
    const input = { description: 'x', grants: ['deploy'], rateLimit, externalId: 'c-1', metadata: { a: 1 } };
    const { id } = await makeApiKey(server(), organizationId, input);
    expect(await json('update', id, '--name', 'Render', '--role', 'admin', '--disable')).toMatchObject({
      name: 'Render',
      role: { name: 'admin' },
      status: 'DISABLED',
      description: 'x',
    });
    const clear = [
      'description',
      'role',
      'permission',
      'rate-limit',
      'external-id',
      'metadata',
      'expires-at',
    ];
    expect(await json('update', id, '--enable', ...clear.map((name) => `--no-${name}`))).toMatchObject({
      status: 'ACTIVE',
      description: null,
      role: null,
      grants: [],
      rateLimit: null,
      externalId: null,
      metadata: {},
      expiresAt: null,
      name: 'Render',
    });
    expect((await keys('update', id, '--name', 'Shown')).stdout).toMatch(/^Name +Shown$/m);
    expect(await keys('update', id)).toMatchObject({
      code: 2,
      stderr: 'No changes provided: pass at least one option\n',
    });
    expect(await keys('update', id, '--role', 'nobody')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^No role found with the name nobody\. Existing roles: [^\n]*\bmember\b.*\n$/,
      ),
    });
  });

  test('rotate prints the new secret; the old one goes on for the overlap', async () => {
    const { organizationId, keys, json, verify } = await member();
    const { id, secret: old } = await makeApiKey(server(), organizationId);
    const { secret, retiring, apiKey } = await json('rotate', id, '--overlap', '1h');
    expect(retiring).toMatchObject({ status: 'RETIRING', start: old.slice(0, 16) });
    expect(apiKey.secrets).toHaveLength(2);
    for (const each of [old, secret]) expect((await verify(each)).code).toBe(0);

    expect(await keys('revoke-secret', retiring.id)).toEqual({
      code: 0,
      stdout: `Revoked ${retiring.id} of ${id} A key\nConfirmed by 1 of 1 node\n`,
      stderr: '',
    });
    expect((await verify(old)).stdout).toBe('REVOKED\n');
    expect((await verify(secret)).stdout).toMatch(/^VALID /);

    const quiet = await keys('rotate', id, '--overlap', '0', '--quiet');
    expect(quiet).toMatchObject({ code: 0, stderr: '' });
    expect((await verify(quiet.stdout)).code).toBe(0);
    expect((await verify(secret)).stdout).toBe('REVOKED\n');

    const told = await keys('rotate', id);
    expect(told.stdout).toMatch(/^Secret +kw_live_\w{38}$/m);
    expect(told.stderr).toMatch(
      /^Copy this secret now\. It is not shown again\.\nThe previous secret, sec_\w+, is accepted until \S+Z\.\n$/,
    );
  });

  test('disable and enable switch all keys named, or none', async () => {
    const { organizationId, keys, json, verify } = await member();
    const first = await makeApiKey(server(), organizationId);
    const second = await makeApiKey(server(), organizationId);
    const other = await makeApiKey(server(), (await member()).organizationId);
    expect(await keys('disable', first.id, other.id)).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^No .* found .*\n$/),
    });
    expect((await verify(first.secret)).code).toBe(0);
    const { stdout } = await keys('disable', first.id, second.id);
    expect(stdout).toBe(
      `Disabled ${first.id} A key\nDisabled ${second.id} A key\nConfirmed by 1 of 1 node\n`,
    );
    for (const { secret } of [first, second])
      expect(await verify(secret)).toMatchObject({ code: 1, stdout: 'DISABLED\n' });
    expect(await json('enable', first.id, second.id)).toMatchObject({
      apiKeys: [
        { id: first.id, status: 'ACTIVE' },
        { id: second.id, status: 'ACTIVE' },
      ],
      propagation: { confirmedNodes: 1, totalNodes: 1 },
    });
    expect((await verify(first.secret)).code).toBe(0);
  });

  test('revoke ends all keys named, or none', async () => {
    const { organizationId, keys, json, verify } = await member();
    const first = await makeApiKey(server(), organizationId);
    const second = await makeApiKey(server(), organizationId);
    const other = await makeApiKey(server(), (await member()).organizationId);
    expect(await keys('revoke', first.id, other.id)).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^No .* found .*\n$/),
    });
    expect((await verify(first.secret)).code).toBe(0);
    const { stdout } = await keys('revoke', first.id, second.id, '--reason', 'leaked');
    expect(stdout).toBe(`Revoked ${first.id} A key\nRevoked ${second.id} A key\nConfirmed by 1 of 1 node\n`);
    for (const { secret } of [first, second])
      expect(await verify(secret)).toEqual({
        code: 1,
        stdout: 'REVOKED\n',
        stderr: expect.stringMatching(/^.+\n$/),
      });
    const revoked = await json('list', '--status', 'revoked', '--status', 'expired');
    expect(revoked).toMatchObject([{ revocationReason: 'leaked' }, { revocationReason: 'leaked' }]);
    expect((await keys('show', first.id)).stdout).toMatch(/^Revoked +\S+Z by \S+@example.com$/m);
    expect(await json('list')).toEqual([]);
    // Again succeeds with the first result.
    expect(await keys('revoke', first.id)).toMatchObject({
      code: 0,
      stdout: `Revoked ${first.id} A key\nConfirmed by 1 of 1 node\n`,
    });
  });

  test('verify prints the code, and exits 1 for a key that is refused', async () => {
    const { organizationId, keys, verify, env } = await member();
    const input = { grants: ['prompt.render'], ipAllowlist: ['192.0.2.0/24'] };
    const { id, secret } = await makeApiKey(server(), organizationId, input);
    const from = ['--ip', '192.0.2.7'];
    expect(await keys('verify', secret, ...from, '--permission', 'prompt.render')).toEqual({
      code: 0,
      stdout: `VALID  ${id}  A key\n`,
      stderr: '',
    });
    const refused = async (...args: string[]) => {
      const { code, stdout, stderr } = await verify(secret, ...args);
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^.+\n$/) });
      return stdout;
    };
    expect(await refused()).toBe('IP_NOT_ALLOWED\n');
    expect(await refused(...from, '--environment', 'test')).toBe('WRONG_ENVIRONMENT\n');
    expect(await refused(...from, '--permission', 'deploy')).toBe('INSUFFICIENT_PERMISSIONS\n');
    expect(JSON.parse(await refused(...from, '--permission', 'deploy', '--json'))).toMatchObject({
      valid: false,
      code: 'INSUFFICIENT_PERMISSIONS',
      apiKey: { id },
    });
    expect(await keys('verify', 'nonsense')).toMatchObject({ code: 1, stdout: 'MALFORMED\n' });
    for (const stdin of [[], ['\n'], [new Uint8Array(5_000)]])
      expect(await runWith({ env, stdin }, 'keys', 'verify', '-')).toMatchObject({ code: 2, stdout: '' });
  });

  test('refusals have exit code 1 and say why', async () => {
    const { organizationId, env } = await member('member');
    const args = ['keys', 'create', '--name', 'CI'];
    expect(await run(env, ...args)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'The permission api.key.create is required\n',
    });
    const admin = await member('admin', organizationId);
    expect(await run(admin.env, ...args, '--permission', 'deploy')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/don't have: deploy\n$/),
    });
    const operator = { ...env, KEYWRIGHT_TOKEN: await makeOperatorToken(server(), 'cli') };
    expect(await run(operator, ...args)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^--organization: is required\. You can choose one of these by slug or ID:\n/,
      ),
    });
    const unknown = { ...env, KEYWRIGHT_TOKEN: `sess_${'x'.repeat(43)}` };
    expect(await run(unknown, ...args)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^The credential is not valid\. [^\n]*keywright session-token[^\n]*\n$/),
    });
    const { id } = await makeApiKey(server(), organizationId);
    const stranger = await member();
    for (const verb of [['show'], ['update', '--role', 'admin'], ['rotate'], ['revoke']])
      expect(await run(stranger.env, 'keys', ...verb, id)).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(/^No .* found .*\n$/),
      });
  });

  test('an API key is a caller as well', async () => {
    const { organizationId, env } = await member();
    const { id, secret } = await makeApiKey(server(), organizationId, { grants: ['api.key.view'] });
    const { stdout } = await run({ ...env, KEYWRIGHT_TOKEN: secret }, 'keys', 'list', '--quiet');
    expect(stdout).toBe(`${id}\n`);
  });
});

const SERVER = { KEYWRIGHT_URL: 'http://127.0.0.1:1', KEYWRIGHT_TOKEN: 'x' };

test.each([
  [['keys'], 'Usage: keywright keys'],
  [['keys', 'create'], "required option '--name <name>' not specified"],
  [['keys', 'create', '--name', 'a', '--quiet', '--json'], "'--quiet' cannot be used with option '--json'"],
  [['keys', 'create', '--name', 'a', '--environment', 'prod'], 'Allowed choices are live, test'],
  [['keys', 'create', '--name', 'a', '--expires-in', '1y'], 'It must be a duration'],
  [
    ['keys', 'create', '--name', 'a', '--expires-in', '1d', '--expires-at', '2099-01-01'],
    'cannot be used with',
  ],
  [['keys', 'create', '--name', 'a', '--metadata', '[]'], 'It must be a JSON object'],
  [['keys', 'list', '--status', 'gone'], 'It must be one of active, disabled, expired, revoked'],
  [['keys', 'list', '--first', '101'], 'It must be a whole number from 1 to 100'],
  [['keys', 'list', '--all', '--first', '10'], "'--all' cannot be used with option '--first <count>'"],
  [['keys', 'update', 'key_1', '--enable', '--disable'], 'cannot be used with'],
  [['keys', 'rotate'], "missing required argument 'id'"],
  [['keys', 'revoke'], "missing required argument 'id'"],
  [['keys', 'verify'], "missing required argument 'secret'"],
])('%j is wrong usage', async (args, message) => {
  const { code, stdout, stderr } = await run(SERVER, ...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
});
