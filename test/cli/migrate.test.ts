import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { migrations } from '../../db/migrations/index.ts';
import { onEachDatabase } from '../support/databases.ts';
import { databaseFor, run } from './run.ts';

onEachDatabase('migrate', (engine) => {
  test('says what it applied, or that there was nothing to do', async () => {
    const { env } = await databaseFor(engine, { empty: true });
    const applied = Object.keys(migrations).map((name) => `Applied ${name}\n`);
    const end = 'The database is up to date\n';
    expect(await run(env, 'migrate')).toEqual({ code: 0, stdout: `${applied.join('')}${end}`, stderr: '' });
    expect(await run(env, 'migrate')).toEqual({ code: 0, stdout: end, stderr: '' });
  });

  test.each([
    [['migrate']],
    [['init', '--organization', 'Acme', '--email', 'ada@example.com']],
    [['serve', '--port', '0']],
  ])('%j refuses a database that is newer than the program', async (args) => {
    const { env, open } = await databaseFor(engine);
    const { kysely } = await open();
    await sql`insert into kysely_migration (name, timestamp) values ('9999-tomorrow', '2999-01-01')`.execute(
      kysely,
    );
    const { code, stdout, stderr } = await run(env, ...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^DATABASE_URL: \S+ is newer than this program .*9999-tomorrow.*; start .*\n$/);
  });
});
