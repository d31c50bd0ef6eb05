import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { migrate } from '../../db/migrate.ts';
import { migrations } from '../../db/migrations/index.ts';
import { createIndex, createIndexes, type Migration } from '../../db/migrations/migration.ts';
import { type Database, type Engine, openDatabase } from '../../db/open.ts';
import { SQLite } from '../../db/sqlite/driver.ts';
import { createTestDatabaseUrl, onEachDatabase } from '../support/databases.ts';
import { withClient } from '../support/postgres-databases.ts';
import { eventually } from '../support/wait.ts';

const BY_AGE = { name: 'users_by_age', on: 'users', columns: 'created_at desc, id' };
const BY_NAME = {
  name: 'users_by_folded_name',
  on: 'users',
  columns: 'lower(name)',
  where: 'name is not null',
};

/** All of them, and two more that a later release might bring. */
const LATER: Readonly<Record<string, Migration>> = {
  ...migrations,
  '9998-columns': {
    title: 'Makes room for nicknames',
    up: async (db) => void (await sql`alter table users add column nickname text`.execute(db)),
  },
  '9999-indexes': {
    title: 'Indexes users',
    apart: true,
    up: (db, progress) => createIndexes(db, [BY_AGE, BY_NAME], progress),
  },
};

async function opened(engine: Engine, { empty = false } = {}): Promise<{ url: string; database: Database }> {
  const { url, drop } = await createTestDatabaseUrl(engine, { empty });
  const database = await openDatabase(url);
  onTestFinished(async () => {
    await database.close();
    await drop();
  });
  return { url, database };
}

async function indexes({ engine, kysely }: Database): Promise<string[]> {
  const names =
    engine === 'sqlite'
      ? sql<{ name: string }>`select name from sqlite_schema where type = 'index' and name like 'users_by%'`
      : sql<{ name: string }>`select relname as name from pg_index join pg_class on pg_class.oid = indexrelid
          where indisvalid and relname like 'users_by%'`;
  return (await names.execute(kysely)).rows.map(({ name }) => name).sort();
}

test('a migration that fails with its connection tells why it failed', async () => {
  const { url, database } = await opened('postgres');
  const failing: Migration = {
    apart: true,
    up: async () => {
      await withClient(url, (client) =>
        client.query(
          'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
        ),
      );
      throw new Error('No room is left');
    },
  };
  const all = { ...migrations, '9998-failing': failing };
  await expect(migrate(database, undefined, all)).rejects.toThrow('No room is left');
  expect((await migrate(database, undefined, LATER)).applied).toEqual(['9998-columns', '9999-indexes']);
});

onEachDatabase('migrations beside servers of the release before', (engine) => {
  test('say which one runs and what it does, and nothing in a new database', async () => {
    const { database } = await opened(engine);
    const lines: string[] = [];
    const { applied } = await migrate(database, (line) => lines.push(line), LATER);
    expect(applied).toEqual(['9998-columns', '9999-indexes']);
    expect(lines).toEqual([
      'Migration 9998-columns: Makes room for nicknames',
      'Migration 9999-indexes: Indexes users',
      'Migration 9999-indexes: index users_by_age on users',
      'Migration 9999-indexes: index users_by_folded_name on users',
      ...(engine === 'postgres' ? ['Collecting statistics of the tables'] : []),
    ]);
    expect(await indexes(database)).toEqual(['users_by_age', 'users_by_folded_name']);

    const fresh = await opened(engine, { empty: true });
    const before = lines.length;
    await migrate(fresh.database, (line) => lines.push(line), LATER);
    expect(lines).toHaveLength(before);
  });

  test('run once where several processes start at a time', async () => {
    const { url, database } = await opened(engine);
    const others = await Promise.all([openDatabase(url), openDatabase(url)]);
    try {
      const results = await Promise.all([database, ...others].map((one) => migrate(one, undefined, LATER)));
      const applied = results.flatMap((result) => result.applied).sort();
      expect(applied).toEqual(['9998-columns', '9999-indexes']);
    } finally {
      await Promise.all(others.map((one) => one.close()));
    }
  });

  test('repeat what a crash has broken off', async () => {
    const { database } = await opened(engine);
    await createIndex(database.kysely as never, BY_AGE);
    const { applied } = await migrate(database, undefined, LATER);
    expect(applied).toContain('9999-indexes');
    expect(await indexes(database)).toEqual(['users_by_age', 'users_by_folded_name']);
  });
});

test('a server of the release before writes to the file of SQLite between two migrations and between two indexes', async () => {
  const { url, database } = await opened('sqlite');
  const other = new SQLite(url.slice('sqlite:'.length), { timeout: 0 });
  onTestFinished(() => void other.close());
  const write = other.prepare('update users set name = name');
  let writes = 0;
  await migrate(
    database,
    () => {
      // Fails at once where the lock is held.
      write.run();
      writes += 1;
    },
    LATER,
  );
  expect(writes).toBe(4);
});

test('changes go on while PostgreSQL builds an index, though one that began before is not finished', async () => {
  const { url, database } = await opened('postgres');
  await withClient(url, async (first) => {
    await first.query('begin');
    await first.query(
      "insert into users (id, name, email, created_at) values ('user_1', 'a', 'a@example.com', 1)",
    );
    const building = createIndex(database.kysely as never, BY_AGE);
    const waits = `select 1 from pg_stat_activity where datname = current_database()
      and query like 'create index concurrently%' and wait_event_type = 'Lock'`;
    await withClient(url, async (second) => {
      await eventually(async () => (await second.query(waits)).rowCount === 1);
      await second.query(
        "insert into users (id, name, email, created_at) values ('user_2', 'b', 'b@example.com', 2)",
      );
    });
    await first.query('commit');
    await building;
  });
  expect(await indexes(database)).toEqual(['users_by_age']);
});

test('an index that was left half-built on PostgreSQL is built anew', async () => {
  const { database } = await opened('postgres');
  const { kysely } = database;
  for (const id of ['user_1', 'user_2'])
    await kysely
      .insertInto('users')
      .values({ id, name: 'same', email: `${id}@example.com`, created_at: 1 })
      .execute();
  // What a crash leaves as well.
  const failing = sql`create unique index concurrently users_by_age on users (created_at)`.execute(kysely);
  await expect(failing).rejects.toThrow();
  expect(await indexes(database)).toEqual([]);
  await createIndex(kysely as never, BY_AGE);
  expect(await indexes(database)).toEqual(['users_by_age']);
});

test('PostgreSQL has statistics of the tables once they were migrated', async () => {
  const { database } = await opened('postgres');
  const { kysely } = database;
  const rows = Array.from({ length: 50 }, (_, n) => ({
    ...{ id: `user_${n}`, name: 'same', email: `${n}@example.com`, created_at: 1 },
  }));
  await kysely
    .insertInto('users')
    .values(rows as never)
    .execute();
  await migrate(database, undefined, LATER);
  const found = await sql<{ expected: number }>`
    select reltuples as expected from pg_class where oid = 'users'::regclass`.execute(kysely);
  expect(found.rows).toEqual([{ expected: 50 }]);
});
