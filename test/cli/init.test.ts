import { expect, test } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { authenticateSession } from '../../src/sessions/authenticate-session.ts';
import { onEachDatabase } from '../support/databases.ts';
import { databaseFor, run } from './run.ts';

interface Answer {
  readonly organizationId: string;
  readonly userId: string;
  readonly sessionToken: string;
  readonly signInUrl: string;
}

onEachDatabase('init', (engine) => {
  test('makes an organization whose owner is signed in, on a database with nothing in it', async () => {
    const { env, open } = await databaseFor(engine, { empty: true });
    const args = ['--organization', ' Ácme ✨ ', '--email', ' Ada@Example.com ', '--name', 'Ada'];
    const { code, stdout, stderr } = await run(env, 'init', ...args, '--key-prefix', 'acme', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^\{.*\}\n$/);
    const answer = JSON.parse(stdout) as Answer;
    expect(answer).toEqual({
      organizationId: expect.stringMatching(/^org_/),
      userId: expect.stringMatching(/^user_/),
      sessionToken: expect.stringMatching(/^sess_[\w-]{43}$/),
      signInUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:4000\/sign-in#token=[\w-]{43}$/),
    });

    const { kysely: db } = await open();
    const organization = await db
      .selectFrom('organizations')
      .select(['id', 'name', 'slug', 'key_prefix'])
      .executeTakeFirst();
    expect(organization).toEqual({
      id: answer.organizationId,
      name: 'Ácme ✨',
      slug: 'acme',
      key_prefix: 'acme',
    });
    const user = await db.selectFrom('users').select(['id', 'email', 'name']).executeTakeFirst();
    expect(user).toEqual({ id: answer.userId, email: 'ada@example.com', name: 'Ada' });
    const principal = await authenticateSession(db, systemClock, answer.sessionToken);
    expect(principal?.organizationIds).toEqual([answer.organizationId]);
    expect(principal?.permissionsIn(answer.organizationId)).toEqual(['*']);

    const log = await db.selectFrom('audit_log').selectAll().orderBy('sequence').execute();
    expect(log.map((row) => [row.action, row.actor])).toEqual([
      ['organization.created', 'cli'],
      ['member.joined', 'cli'],
      ['sign_in_link.created', 'cli'],
      ['session.created', 'cli'],
    ]);
    const sessions = await db.selectFrom('sessions').selectAll().execute();
    const links = await db.selectFrom('sign_in_tokens').selectAll().execute();
    const stored = JSON.stringify([log, sessions, links]);
    for (const token of [answer.sessionToken, answer.signInUrl.split('=')[1] ?? ''])
      expect(stored).not.toContain(token.replace('sess_', ''));
  });

  test('tells a person the same', async () => {
    const { env } = await databaseFor(engine);
    const withUrl = { ...env, PUBLIC_URL: 'https://keys.example.com' };
    const { code, stdout } = await run(
      withUrl,
      'init',
      '--organization',
      'Acme',
      '--email',
      'ada@example.com',
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Organization +Acme \(org_\w+\)$/m);
    expect(stdout).toMatch(/^Owner +ada@example.com \(user_\w+\)$/m);
    expect(stdout).toMatch(/^Session token +sess_[\w-]{43} /m);
    expect(stdout).toMatch(
      /^Sign in within 15 minutes: https:\/\/keys\.example\.com\/sign-in#token=[\w-]{43}$/m,
    );
  });

  test('gives somebody a second organization, of the same name', async () => {
    const { env, open } = await databaseFor(engine);
    const args = ['init', '--organization', 'Acme', '--email', 'ada@example.com', '--json'];
    const first = JSON.parse((await run(env, ...args)).stdout) as Answer;
    const second = JSON.parse((await run({ ...env, KEY_PREFIX: 'p402' }, ...args)).stdout) as Answer;
    expect(second.userId).toBe(first.userId);
    const { kysely: db } = await open();
    const organizations = await db
      .selectFrom('organizations')
      .select(['slug', 'key_prefix'])
      .orderBy('slug')
      .execute();
    expect(organizations).toEqual([
      { slug: 'acme', key_prefix: 'kw' },
      { slug: 'acme-2', key_prefix: 'p402' },
    ]);
    const principal = await authenticateSession(db, systemClock, second.sessionToken);
    expect([...(principal?.organizationIds ?? [])].sort()).toEqual(
      [first.organizationId, second.organizationId].sort(),
    );
  });

  test('says all that is wrong by its option, and makes nothing', async () => {
    const { env, open } = await databaseFor(engine);
    const args = [
      '--organization',
      ' ',
      '--email',
      'nobody',
      '--name',
      'a\nb',
      '--key-prefix',
      'KW',
      '--json',
    ];
    const { code, stdout, stderr } = await run(env, 'init', ...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    for (const option of ['--organization: ', '--email: ', '--name: ', '--key-prefix: '])
      expect(stderr).toContain(option);
    const { kysely: db } = await open();
    expect(await db.selectFrom('organizations').select('id').execute()).toEqual([]);
    expect(await db.selectFrom('users').select('id').execute()).toEqual([]);
  });
});
