import { expect, test } from 'vitest';
import { hashToken } from '../../src/sessions/tokens.ts';
import { onEachDatabase } from '../support/databases.ts';
import { databaseFor, run } from './run.ts';

onEachDatabase('sign-in-link', (engine) => {
  test('prints a link for a user, and nothing else on standard output', async () => {
    const { env, open } = await databaseFor(engine);
    await run(env, 'init', '--organization', 'Acme', '--email', 'ada@example.com');
    const { code, stdout } = await run(env, 'sign-in-link', 'ADA@example.com');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:4000\/sign-in#token=[\w-]{43}\n$/);
    const { kysely: db } = await open();
    expect(await db.selectFrom('sign_in_tokens').select('hash').execute()).toHaveLength(2);
  });

  test('without an address, signs in the first owner, also after other organizations and owners were created', async () => {
    const { env, open } = await databaseFor(engine);
    for (const name of ['ada', 'bob'])
      await run(env, 'init', '--organization', name, '--email', `${name}@example.com`);
    for (const command of ['sign-in-link', 'session-token']) {
      const { code, stdout, stderr } = await run(env, command);
      expect(code).toBe(0);
      expect(stdout).toMatch(command === 'session-token' ? /^sess_[\w-]{43}\n$/ : /#token=[\w-]{43}\n$/);
      expect(stderr).toContain('ada@example.com');
    }
    const { kysely: db } = await open();
    const ada = db.selectFrom('users').select('id').where('email', '=', 'ada@example.com');
    const sessions = await db.selectFrom('sessions').select('id').where('user_id', 'in', ada).execute();
    // That of init, and that of session-token.
    expect(sessions).toHaveLength(2);

    // Others are the first once the first has left.
    await db.deleteFrom('memberships').where('user_id', 'in', ada).execute();
    expect((await run(env, 'sign-in-link')).stderr).toContain('bob@example.com');
    await db.deleteFrom('memberships').execute();
    for (const command of ['sign-in-link', 'session-token'])
      expect(await run(env, command)).toEqual({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(/^The database has no owner [^\n]*DATABASE_URL[^\n]*keywright init\n$/),
      });
  });

  test('session-token signs in an existing user with the access of a sign-in link', async () => {
    const { env, open } = await databaseFor(engine);
    await run(env, 'init', '--organization', 'Acme', '--email', 'ada@example.com');
    await run(env, 'init', '--organization', 'Beta', '--email', 'bob@example.com');
    const { stdout, stderr } = await run(env, 'session-token', 'BOB@example.com');
    expect(stderr).toBe('Signed in as bob@example.com. The session expires after 12 hours without use.\n');
    const { kysely: db } = await open();
    const session = await db
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.user_id')
      .select(['users.email', 'sessions.limited_to'])
      .where('sessions.hash', '=', hashToken(stdout.trim()))
      .executeTakeFirst();
    expect(session).toEqual({ email: 'bob@example.com', limited_to: null });
    const actions = await db
      .selectFrom('audit_log')
      .innerJoin('organizations', 'organizations.id', 'audit_log.organization_id')
      .select(['organizations.name', 'audit_log.action'])
      .orderBy('audit_log.sequence', 'desc')
      .where('organizations.name', '=', 'Beta')
      .limit(2)
      .execute();
    expect(actions.map(({ action }) => action)).toEqual(['session.created', 'sign_in_link.created']);
    expect(await db.selectFrom('sign_in_tokens').select('hash').execute()).toHaveLength(2);
  });

  test('refuses where nobody has the address, and what is none', async () => {
    const { env } = await databaseFor(engine);
    const unknown = await run(env, 'sign-in-link', 'bob@example.com');
    expect(unknown).toEqual({
      code: 1,
      stdout: '',
      stderr: 'No user found with this e-mail address\n',
    });
    const wrong = await run(env, 'sign-in-link', 'bob');
    expect(wrong).toEqual({ code: 1, stdout: '', stderr: 'email: must be an e-mail address\n' });
  });
});
