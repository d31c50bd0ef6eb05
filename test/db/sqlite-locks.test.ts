import { CompiledQuery, sql, type Transaction } from 'kysely';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { copyDatabase } from '../../db/copy.ts';
import { migrate } from '../../db/migrate.ts';
import { type Database, DatabaseLockedError, openDatabase } from '../../db/open.ts';
import { openBackgroundConnection } from '../../db/sqlite/background-connection.ts';
import type { Tables } from '../../db/tables/tables.ts';
import { UnavailableError } from '../../src/core/errors.ts';
import { createTestDatabaseUrl } from '../support/databases.ts';
import { holdLock } from '../support/lock-holder.ts';

const SHORT_MS = 100;

let url = '';
let database: Database;

beforeEach(async () => {
  const created = await createTestDatabaseUrl('sqlite');
  url = created.url;
  database = await openDatabase(url);
  return created.drop;
});
afterEach(() => database.close());

async function opened(options: Parameters<typeof openDatabase>[1] & { at?: string } = {}): Promise<Database> {
  const other = await openDatabase(options.at ?? url, options);
  onTestFinished(() => other.close());
  return other;
}

const insert = (id: string, db: Database['kysely'] = database.kysely) =>
  db
    .insertInto('users')
    .values({ id, email: `${id}@example.com`, name: null, created_at: 1 })
    .execute();

const ids = async (db: Database['kysely'] = database.kysely) =>
  (await db.selectFrom('users').select('id').orderBy('id').execute()).map(({ id }) => id);

function deferred() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

describe('a transaction', () => {
  test('keeps no read from its answer, and shows through only when it has committed', async () => {
    const [inside, leave] = [deferred(), deferred()];
    const writing = database.kysely.transaction().execute(async (tx) => {
      await insert('user_1', tx);
      expect(await ids(tx)).toEqual(['user_1']);
      inside.resolve();
      await leave.promise;
    });
    await inside.promise;
    expect(await ids()).toEqual([]);
    const { rows } = await sql<{ count: number }>`select count(*) as count from users`.execute(
      database.kysely,
    );
    expect(rows).toEqual([{ count: 0 }]);
    leave.resolve();
    await writing;
    expect(await ids()).toEqual(['user_1']);
  });

  test('has its turn when those that came before are done', async () => {
    const order: string[] = [];
    const write = (id: string) => async (tx: Transaction<Tables>) => {
      order.push(`${id} begins`);
      await insert(id, tx);
      await new Promise((resolve) => setImmediate(resolve));
      order.push(`${id} ends`);
    };
    const names = ['user_1', 'user_2', 'user_3'];
    await Promise.all(names.map((id) => database.kysely.transaction().execute(write(id))));
    expect(order).toEqual(names.flatMap((id) => [`${id} begins`, `${id} ends`]));
    expect(await ids()).toEqual(names);
  });

  test('that waits too long for another of this process fails, and the others go on', async () => {
    const own = await opened({ lockWaitMs: SHORT_MS });
    const [inside, leave] = [deferred(), deferred()];
    const first = own.kysely.transaction().execute(async (tx) => {
      inside.resolve();
      await leave.promise;
      await insert('user_1', tx);
    });
    await inside.promise;
    await expect(insert('user_2', own.kysely)).rejects.toThrow(UnavailableError);
    const third = insert('user_3', own.kysely);
    leave.resolve();
    await first;
    await third;
    expect(await ids()).toEqual(['user_1', 'user_3']);
  });

  test('that SQLite has ended itself saves nothing of what follows', async () => {
    const broken = database.kysely.transaction().execute(async (tx) => {
      await insert('user_1', tx);
      await sql`rollback`.execute(tx);
      await insert('user_2', tx);
    });
    await expect(broken).rejects.toThrow(UnavailableError);
    expect(await ids()).toEqual([]);
    const late = database.kysely.transaction().execute(async (tx) => {
      await insert('user_3', tx);
      await sql`rollback`.execute(tx);
    });
    await expect(late).rejects.toThrow(UnavailableError);
    await insert('user_4');
    expect(await ids()).toEqual(['user_4']);
  });

  test('that only reads keeps nobody from writing, and sees one moment', async () => {
    await insert('user_1');
    await database.kysely
      .transaction()
      .setAccessMode('read only')
      .execute(async (tx) => {
        expect(await ids(tx)).toEqual(['user_1']);
        await insert('user_2');
        expect(await ids()).toEqual(['user_1', 'user_2']);
        expect(await ids(tx)).toEqual(['user_1']);
        await expect(insert('user_3', tx)).rejects.toThrow(UnavailableError);
      });
  });
});

test('a transaction that could not be rolled back in the thread takes nothing of what follows with it', async () => {
  const path = url.replace(/^sqlite:/, '');
  const writer = openBackgroundConnection({ path, waitMs: SHORT_MS, pragmas: [] });
  onTestFinished(() => writer.close());
  const text = 'insert into users (id, email, created_at) values (?, ?, 1)';
  const run = (statement: string, within: boolean, ...values: string[]) =>
    writer.run(CompiledQuery.raw(statement, values), within);
  const leave = async (id: string) => {
    await run('begin immediate', false);
    await run(text, true, id, id);
  };
  await leave('user_1');
  await run(text, false, 'user_2', 'user_2');
  expect(await ids()).toEqual(['user_2']);
  await leave('user_3');
  await run('begin immediate', false);
  await run(text, true, 'user_4', 'user_4');
  await run('commit', true);
  await leave('user_5');
  await run(text, false, 'user_6', 'user_6');
  expect(await ids()).toEqual(['user_2', 'user_4', 'user_6']);
});

describe('while another process holds the write lock', () => {
  test('reads are answered, and changes wait without keeping anything from running', async () => {
    const lock = await holdLock(url, {
      take: "begin immediate; insert into users (id, email, created_at) values ('user_0', 'x', 1)",
    });
    const done: string[] = [];
    const changes = [
      insert('user_1').then(() => done.push('statement')),
      database.kysely
        .transaction()
        .execute((tx) => insert('user_2', tx))
        .then(() => done.push('transaction')),
      insert('user_3', database.unhurried).then(() => done.push('background')),
    ];
    for (let turn = 0; turn < 100; turn += 1) {
      expect(await ids()).toEqual([]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(done).toEqual([]);
    await lock.release();
    await Promise.all(changes);
    expect(done.sort()).toEqual(['background', 'statement', 'transaction']);
    expect(await ids()).toEqual(['user_0', 'user_1', 'user_2', 'user_3']);
  });

  test('changes fail after their time, with the cause, and leave nothing behind', async () => {
    const own = await opened({ lockWaitMs: SHORT_MS });
    const lock = await holdLock(url);
    const changes = [
      insert('user_1', own.kysely),
      own.kysely.transaction().execute((tx) => insert('user_2', tx)),
    ];
    for (const outcome of await Promise.allSettled(changes))
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(UnavailableError) });
    const failure = await insert('user_3', own.kysely).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DatabaseLockedError);
    expect((failure as Error).cause).toMatchObject({ code: 'SQLITE_BUSY' });
    await lock.release();
    await insert('user_4', own.kysely);
    expect(await ids()).toEqual(['user_4']);
  });

  test('a database that is up to date is migrated without waiting, another one afterwards', async () => {
    const own = await opened({ lockWaitMs: SHORT_MS });
    const lock = await holdLock(url);
    expect(await migrate(own)).toEqual({ applied: [] });
    await lock.release();

    const empty = await createTestDatabaseUrl('sqlite', { empty: true });
    onTestFinished(empty.drop);
    const fresh = await opened({ at: empty.url });
    const held = await holdLock(empty.url);
    const migrating = migrate(fresh);
    await new Promise((resolve) => setImmediate(resolve));
    await held.release();
    expect((await migrating).applied.length).toBeGreaterThan(0);
    const late = await createTestDatabaseUrl('sqlite', { empty: true });
    onTestFinished(late.drop);
    const impatient = await opened({ at: late.url, lockWaitMs: SHORT_MS });
    await holdLock(late.url);
    await expect(migrate(impatient)).rejects.toThrow(DatabaseLockedError);
  });

  test('a closed database keeps nobody waiting', async () => {
    const own = await openDatabase(url);
    await holdLock(url);
    const [first, second] = [insert('user_1', own.kysely), insert('user_2', own.kysely)];
    const outcomes = Promise.allSettled([first, second]);
    await own.close();
    for (const { status } of await outcomes) expect(status).toBe('rejected');
  });
});

test('a database is copied while another process writes to it', async () => {
  await insert('user_1');
  await holdLock(url);
  const empty = await createTestDatabaseUrl('sqlite');
  onTestFinished(empty.drop);
  const target = await opened({ at: empty.url });
  await copyDatabase(database, target, () => {});
  expect(await ids(target.kysely)).toEqual(['user_1']);
});

describe('a file that can not be written', () => {
  // On the connection that writes: what gives a row outside a transaction is run on the one that reads.
  const pragma = (text: string) =>
    text.startsWith('query_only')
      ? sql.raw(`pragma ${text}`).execute(database.kysely)
      : database.kysely.transaction().execute((tx) => sql.raw(`pragma ${text}`).execute(tx));

  test.each([
    ['full', 'max_page_count = 1', 'max_page_count = 1000000', 'SQLITE_FULL'],
    ['read-only', 'query_only = on', 'query_only = off', 'SQLITE_READONLY'],
  ])('(%s) fails changes as an outage, and serves again afterwards', async (_title, begin, end, code) => {
    await pragma(begin);
    const long = 'x'.repeat(20_000);
    const fail = async (db: Database['kysely']) => {
      await db.insertInto('users').values({ id: 'user_1', email: long, name: long, created_at: 1 }).execute();
    };
    const whole = () => database.kysely.transaction().execute((tx) => fail(tx));
    for (const change of [() => fail(database.kysely), whole, whole]) {
      const failure = await change().catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(UnavailableError);
      expect((failure as Error).cause).toMatchObject({ code });
    }
    expect(await ids()).toEqual([]);
    await pragma(end);
    await insert('user_2');
    expect(await ids()).toEqual(['user_2']);
  });
});
