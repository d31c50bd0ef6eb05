import { expect, test } from 'vitest';
import { authenticateOperatorToken } from '../../src/operator-tokens/authenticate-operator-token.ts';
import { onEachDatabase } from '../support/databases.ts';
import { databaseFor, run } from './run.ts';

onEachDatabase('operator-tokens', (engine) => {
  test('makes a token that works until it is revoked', async () => {
    const { env, open } = await databaseFor(engine);
    const { kysely: db } = await open();
    const created = await run(env, 'operator-tokens', 'create', 'billing-backend');
    expect(created).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^kwop_[\w-]{43}\n$/),
      stderr: 'Copy this token now. It is not shown again.\n',
    });
    const token = created.stdout.trim();
    expect((await authenticateOperatorToken(db, token))?.actor).toBe('operator:billing-backend');
    const stored = await db.selectFrom('operator_tokens').selectAll().execute();
    expect(JSON.stringify(stored)).not.toContain(token.slice(5));

    expect(await run(env, 'operator-tokens', 'revoke', 'billing-backend')).toEqual({
      code: 0,
      stdout: 'Revoked billing-backend\n',
      stderr: '',
    });
    expect(await authenticateOperatorToken(db, token)).toBeNull();
  });

  test('prints one JSON object where that is asked for', async () => {
    const { env } = await databaseFor(engine);
    const { stdout, stderr } = await run(env, 'operator-tokens', 'create', 'ci', '--json');
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({ name: 'ci', token: expect.stringMatching(/^kwop_/) });
  });

  test('lists tokens by name, revoked ones too, and never what makes them one', async () => {
    const { env } = await databaseFor(engine);
    expect(await run(env, 'operator-tokens', 'list')).toEqual({ code: 0, stdout: '', stderr: '' });
    for (const name of ['b', 'a']) await run(env, 'operator-tokens', 'create', name);
    await run(env, 'operator-tokens', 'revoke', 'b');
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);
    const { stdout } = await run(env, 'operator-tokens', 'list', '--json');
    expect(JSON.parse(stdout)).toEqual([
      { name: 'a', createdAt: time, revokedAt: null },
      { name: 'b', createdAt: time, revokedAt: time },
    ]);
    const lines = (await run(env, 'operator-tokens', 'list')).stdout.split('\n');
    expect(lines).toEqual([
      expect.stringMatching(/^a +created \S+Z$/),
      expect.stringMatching(/^b +created \S+Z +revoked \S+Z$/),
      '',
    ]);
  });

  test('refuses names in use, unknown, revoked or unusable, and exits 1', async () => {
    const { env } = await databaseFor(engine);
    const tokens = (...args: string[]) => run(env, 'operator-tokens', ...args);
    await tokens('create', 'a');
    for (const args of [
      ['create', 'a'],
      ['create', 'Not One'],
      ['create', ''],
      ['create', 'x'.repeat(65)],
      ['revoke', 'unknown'],
    ]) {
      const refused = await tokens(...args);
      expect(refused).toMatchObject({ code: 1, stdout: '' });
      expect(refused.stderr).toMatch(/^.+\n$/);
    }
    await tokens('revoke', 'a');
    expect(await tokens('revoke', 'a')).toMatchObject({ code: 1, stdout: '' });
    expect((await tokens('create', 'a')).code).toBe(0);
  });
});
