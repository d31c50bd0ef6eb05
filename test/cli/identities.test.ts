import { expect, test } from 'vitest';
import { onEachDatabase } from '../support/databases.ts';
import { databaseFor, run } from './run.ts';

onEachDatabase('identities', (engine) => {
  async function somebodyLinked() {
    const { env, open } = await databaseFor(engine);
    await run(env, 'init', '--organization', 'Acme', '--email', 'ada@example.com');
    const { kysely: db } = await open();
    const { id } = await db.selectFrom('users').select('id').executeTakeFirstOrThrow();
    const identity = { issuer: 'https://id.example.com', subject: '1234', user_id: id, created_at: 0 };
    await db.insertInto('user_identities').values(identity).execute();
    return { env, db };
  }

  test('lists who signs in with which', async () => {
    const { env } = await somebodyLinked();
    expect((await run(env, 'identities', 'list')).stdout.split('\n')).toEqual([
      expect.stringMatching(/^EMAIL +ISSUER +SUBJECT +SINCE$/),
      expect.stringMatching(/^ada@example.com +https:\/\/id.example.com +1234 +1970-01-01T00:00:00.000Z$/),
      '',
    ]);
    expect(JSON.parse((await run(env, 'identities', 'list', '--json')).stdout)).toEqual([
      {
        email: 'ada@example.com',
        issuer: 'https://id.example.com',
        subject: '1234',
        createdAt: '1970-01-01T00:00:00.000Z',
      },
    ]);
  });

  test('parts a user from one, with the sessions and an audit row', async () => {
    const { env, db } = await somebodyLinked();
    expect(await run(env, 'identities', 'unlink', 'Ada@example.com')).toEqual({
      code: 0,
      stdout: 'Unlinked Ada@example.com\n',
      stderr: '',
    });
    expect(await db.selectFrom('user_identities').selectAll().execute()).toEqual([]);
    expect(await db.selectFrom('sessions').selectAll().execute()).toEqual([]);
    const audit = await db
      .selectFrom('audit_log')
      .select(['action', 'actor', 'changes'])
      .orderBy('sequence')
      .execute();
    expect(audit.slice(-2)).toEqual([
      {
        action: 'identity.unlinked',
        actor: 'cli',
        changes: JSON.stringify({ issuer: ['https://id.example.com', null] }),
      },
      { action: 'session.ended', actor: 'cli', changes: '{}' },
    ]);
  });

  test('says what is wrong, and exits 1', async () => {
    const { env, db } = await somebodyLinked();
    const unlink = (email: string) => run(env, 'identities', 'unlink', email);
    expect(await unlink('nobody@example.com')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('No user'),
    });
    expect(await unlink('ada')).toMatchObject({ code: 1, stderr: expect.stringContaining('e-mail address') });
    await unlink('ada@example.com');
    const sessions = await db.selectFrom('audit_log').selectAll().execute();
    expect(await unlink('ada@example.com')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no linked identity'),
    });
    expect(await db.selectFrom('audit_log').selectAll().execute()).toEqual(sessions);
  });
});
