import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { migrate } from '../../db/migrate.ts';
import { openDatabase } from '../../db/open.ts';
import { createTestDatabaseUrl, onEachDatabase } from './databases.ts';

async function open(url: string) {
  const database = await openDatabase(url);
  onTestFinished(() => database.close());
  return database;
}

onEachDatabase('a test database', (engine) => {
  test('has the tables of today and is nobody else’s', async () => {
    const [one, other] = await Promise.all([createTestDatabaseUrl(engine), createTestDatabaseUrl(engine)]);
    onTestFinished(async () => {
      await one.drop();
      await other.drop();
    });
    const mine = await open(one.url);
    const theirs = await open(other.url);
    expect(mine.engine).toBe(engine);
    expect((await migrate(mine)).applied).toEqual([]);
    const user = { id: 'user_1', email: 'a@example.com', name: null, created_at: 1 };
    await mine.kysely.insertInto('users').values(user).execute();
    expect(await theirs.kysely.selectFrom('users').select('id').execute()).toEqual([]);
  });

  test('is empty where a test asks for that', async () => {
    const { url, drop } = await createTestDatabaseUrl(engine, { empty: true });
    onTestFinished(drop);
    const database = await open(url);
    expect(await database.kysely.introspection.getTables()).toEqual([]);
    expect((await migrate(database)).applied).not.toEqual([]);
  });

  test('can be dropped while it is in use', async () => {
    const { url, drop } = await createTestDatabaseUrl(engine);
    const database = await open(url);
    await sql`select 1`.execute(database.kysely);
    await drop();
    if (engine === 'postgres') await expect(sql`select 1`.execute(database.kysely)).rejects.toThrow();
  });
});
