import { expect, test } from 'vitest';
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
