import { Kysely, sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sqliteDialect } from '../../db/sqlite/dialect.ts';
import { SQLite, type SqliteConnection } from '../../db/sqlite/driver.ts';
import { keepStatements } from '../../db/sqlite/statements.ts';
import { WriteTurns } from '../../db/sqlite/write-turns.ts';

interface Notes {
  notes: { id: number; text: string | null };
}

let connection: SqliteConnection;
let compiled: string[];
let db: Kysely<Notes>;

beforeEach(() => {
  connection = new SQLite(':memory:');
  connection.exec(
    "create table notes (id integer primary key, text text); insert into notes values (1, 'one'), (2, null)",
  );
  compiled = [];
  const prepare = connection.prepare.bind(connection);
  connection.prepare = ((text: string) => {
    compiled.push(text);
    return prepare(text);
  }) as typeof connection.prepare;
  const statements = keepStatements(connection);
  const shared = { writer: statements, reader: statements, openReader: () => statements };
  db = new Kysely<Notes>({ dialect: sqliteDialect({ ...shared, turns: new WriteTurns(), waitMs: 0 }) });
});

afterEach(async () => {
  await db.destroy();
  connection.close();
});

const all = () => db.selectFrom('notes').select(['id', 'text']).orderBy('id').execute();

test('a statement that comes again is not compiled again', async () => {
  const find = (id: number) => db.selectFrom('notes').select('text').where('id', '=', id).execute();
  expect([await find(1), await find(2), await find(3)]).toEqual([[{ text: 'one' }], [{ text: null }], []]);
  expect(compiled).toHaveLength(1);
  await db.insertInto('notes').values({ id: 3, text: 'three' }).execute();
  await db.insertInto('notes').values({ id: 4, text: 'four' }).execute();
  expect(compiled).toHaveLength(2);
});

test('rows are objects of their own', async () => {
  const [first, second] = [await all(), await all()];
  expect(first).toEqual([
    { id: 1, text: 'one' },
    { id: 2, text: null },
  ]);
  expect(first).toEqual(second);
  expect(first[0]).not.toBe(second[0]);
});

test('a kept statement sees tables that have changed since', async () => {
  await all();
  await sql`alter table notes add column more text`.execute(db);
  await sql`drop table notes`.execute(db);
  await sql`create table notes (text text, id integer)`.execute(db);
  await db.insertInto('notes').values({ id: 5, text: 'five' }).execute();
  expect(await all()).toEqual([{ id: 5, text: 'five' }]);
});

test('a statement that failed works the next time', async () => {
  const insert = (id: number) => db.insertInto('notes').values({ id, text: '' }).execute();
  await expect(insert(1)).rejects.toThrow('UNIQUE');
  await insert(3);
  expect(await all()).toHaveLength(3);
});

test('rows that are written are given back', async () => {
  const written = db.updateTable('notes').set({ text: 'two' }).where('id', '=', 2).returning(['id', 'text']);
  expect(await written.execute()).toEqual([{ id: 2, text: 'two' }]);
  const { numUpdatedRows } = await db.updateTable('notes').set({ text: '' }).executeTakeFirstOrThrow();
  expect(numUpdatedRows).toBe(2n);
});
