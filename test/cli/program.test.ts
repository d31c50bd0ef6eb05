import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { explain } from '../../src/cli/explain.ts';
import { ConflictError, ValidationError } from '../../src/core/errors.ts';
import { finish, run, start } from './run.ts';

// No command here may get as far as a database.
const env = { DATABASE_URL: 'sqlite:/dev/null/nowhere/keywright.db' };

test.each([
  [[], 'Usage: keywright'],
  [['nope'], "unknown command 'nope'"],
  [['migrate', 'now'], 'too many arguments'],
  [['--nope'], "unknown option '--nope'"],
  [['init'], "required option '--organization <name>' not specified"],
  [['init', '--organization', 'Acme'], "required option '--email <address>' not specified"],
  [['init', '--organization', 'Acme', '--email'], 'argument missing'],
  [['sign-in-link', 'a@example.com', 'b@example.com'], 'too many arguments'],
  [['operator-tokens'], 'Usage: keywright operator-tokens'],
  [['operator-tokens', 'create'], "missing required argument 'name'"],
  [['operator-tokens', 'revoke'], "missing required argument 'name'"],
  [['operator-tokens', 'forget', 'it'], "unknown command 'forget'"],
  [['serve', '--port', 'http'], 'It must be a whole number from 0 to 65535'],
  [['serve', '--port', '65536'], 'It must be a whole number from 0 to 65535'],
])('%j is wrong usage', async (args, message) => {
  const { code, stdout, stderr } = await run(env, ...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
});

test('tells its version and its commands when asked', async () => {
  expect(await run(env, '--version')).toEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: '' });
  const { code, stdout, stderr } = await run(env, '--help');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const command of [
    'serve',
    'init',
    'sign-in-link',
    'session-token',
    'migrate',
    'operator-tokens',
    'keys',
    'organizations',
    'members',
    'completion',
  ])
    expect(stdout).toContain(`\n  ${command}`);
  expect((await run(env, 'init', '--help')).stdout).toContain('--key-prefix <prefix>');
});

test.each([
  [['migrate']],
  [['serve']],
  [['init', '--organization', 'Acme', '--email', 'ada@example.com']],
  [['sign-in-link', 'ada@example.com']],
  [['session-token']],
  [['operator-tokens', 'list']],
])('%j names every setting that can’t be used', async (args) => {
  const wrong = { DATABASE_URL: 'mysql://root:hunter2@db/keys', PORT: 'http' };
  const { code, stdout, stderr } = await run(wrong, ...args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^DATABASE_URL must be .*; PORT must be .*\n$/);
  expect(stderr).not.toContain('hunter2');
});

test('says in a line why a database can’t be reached, without its password', async () => {
  const unreachable = { DATABASE_URL: 'postgres://keywright:hunter2@127.0.0.1:1/keywright' };
  const { code, stdout, stderr } = await run(unreachable, 'migrate');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^DATABASE_URL: nothing is listening at .*\n$/);
  expect(stderr).not.toContain('hunter2');
});

test('explains errors by their message, whatever they are', () => {
  const issues = [
    { path: ['--email'], code: 'INVALID_FORMAT' as const, message: 'must be an e-mail address' },
  ];
  expect(explain(new ValidationError(issues))).toBe('--email: must be an e-mail address');
  expect(explain(new ConflictError('OTHER', 'It is revoked already'))).toBe('It is revoked already');
  const failed = [
    new Error('connect ECONNREFUSED ::1:5432'),
    new Error('connect ECONNREFUSED 127.0.0.1:5432'),
  ];
  expect(explain(new AggregateError(failed))).toBe(
    'connect ECONNREFUSED ::1:5432; connect ECONNREFUSED 127.0.0.1:5432',
  );
  expect(explain(new TypeError())).toBe('TypeError');
  expect(explain('nonsense')).toBe('nonsense');
  expect(explain(new Error(`bad sess_${'x'.repeat(43)}`))).toBe('bad sess_[redacted]');
});

test('ends its process with the same codes', async () => {
  const [wrong, refused, fine] = await Promise.all([
    finish(start(env, 'nope')),
    finish(start({ PORT: 'http' }, 'migrate')),
    finish(start(env, '--version')),
  ]);
  expect(wrong).toMatchObject({ code: 2, stdout: '' });
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(fine).toMatchObject({ code: 0, stdout: `${packageJson.version}\n` });
});
