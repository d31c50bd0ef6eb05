import { type Kysely, sql } from 'kysely';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Database, openDatabase } from '../../db/open.ts';
import { postgresError } from '../../db/postgres/errors.ts';
import type { Tables } from '../../db/tables/tables.ts';
import { ConflictError, UnavailableError } from '../../src/core/errors.ts';
import { createTestDatabaseUrl } from '../support/databases.ts';
import { withClient } from '../support/postgres-databases.ts';

let url = '';
let database: Database;

beforeEach(async () => {
  const created = await createTestDatabaseUrl('postgres');
  url = created.url;
  database = await openDatabase(url);
  return created.drop;
});
afterEach(() => database.close());

async function opened(settings: string): Promise<Kysely<Tables>> {
  const other = await openDatabase(`${url}?${settings}`);
  onTestFinished(() => other.close());
  return other.kysely;
}

const insert = (db: Kysely<Tables>, id = 'user_1') =>
  db
    .insertInto('users')
    .values({ id, email: `${id}@example.com`, name: null, created_at: 1 })
    .execute();

async function failureOf(work: Promise<unknown>): Promise<Error> {
  const failure = await work.then(
    () => new Error('It did not fail'),
    (error: unknown) => error as Error,
  );
  return failure;
}

async function expectOutage(work: Promise<unknown>, code?: string): Promise<void> {
  const failure = await failureOf(work);
  expect(failure).toBeInstanceOf(UnavailableError);
  expect(failure.cause).toBeInstanceOf(Error);
  if (code) expect(failure.cause).toMatchObject({ code });
}

/** Ends the connections of a database, as a failover or an administrator does. */
const endConnections = () =>
  withClient(url, (client) =>
    client.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    ),
  );

describe('is an outage with its cause', () => {
  test('a server that is not there', async () => {
    const away = await openDatabase('postgres://nobody@127.0.0.1:1/none');
    onTestFinished(() => away.close());
    await expectOutage(insert(away.kysely), 'ECONNREFUSED');
    if (away.lookup.mode !== 'async') throw new Error('PostgreSQL is asked asynchronously');
    const read = away.lookup.prepare('one', sql`select 1`.compile(away.kysely));
    await expectOutage(read(), 'ECONNREFUSED');
  });

  test('a sign-in or a database that is not accepted', async () => {
    const other = new URL(url);
    other.pathname = '/no_such_database';
    const away = await openDatabase(other.href);
    onTestFinished(() => away.close());
    await expectOutage(insert(away.kysely), '3D000');
  });

  test('a database that accepts no connections, or none of this user', async () => {
    const created = await createTestDatabaseUrl('postgres', { empty: true });
    onTestFinished(created.drop);
    const outsider = new URL(created.url);
    const name = outsider.pathname.slice(1);
    outsider.username = `outsider_${name}`;
    const expectAway = async (address: string, code: string) => {
      const away = await openDatabase(address);
      onTestFinished(() => away.close());
      await expectOutage(insert(away.kysely), code);
      if (away.lookup.mode !== 'async') throw new Error('PostgreSQL is asked asynchronously');
      await expectOutage(away.lookup.prepare('one', sql`select 1`.compile(away.kysely))(), code);
    };
    await withClient(url, async (client) => {
      const password = pg.escapeLiteral(decodeURIComponent(outsider.password));
      await client.query(`create role ${outsider.username} login password ${password}`);
      try {
        await client.query(`revoke connect on database ${name} from public`);
        await expectAway(outsider.href, '42501');
        await client.query(`alter database ${name} allow_connections false`);
        await expectAway(created.url, '55000');
      } finally {
        await client.query(`drop role ${outsider.username}`);
      }
    });
  });

  test('a statement that takes too long', async () => {
    const db = await opened('statement_timeout=50');
    await expectOutage(sql`select pg_sleep(60)`.execute(db), '57014');
  });

  test('a lock that is held for too long', async () => {
    const db = await opened('options=-c%20lock_timeout%3D50');
    await insert(database.kysely);
    await database.kysely.transaction().execute(async (tx) => {
      await tx.updateTable('users').set({ name: 'x' }).execute();
      await expectOutage(db.updateTable('users').set({ name: 'y' }).execute(), '55P03');
    });
  });

  test('a server that only reads', async () => {
    const db = await opened('options=-c%20default_transaction_read_only%3Don');
    await expectOutage(insert(db), '25006');
    await expectOutage(
      db.transaction().execute((tx) => insert(tx)),
      '25006',
    );
  });

  test('no connection that becomes free in time', async () => {
    const pool = new pg.Pool({ connectionString: url, max: 1 });
    const client = await pool.connect();
    pool.options.connectionTimeoutMillis = 50;
    const failure = await failureOf(pool.connect());
    client.release();
    await pool.end();
    expect(postgresError(failure)).toBeInstanceOf(UnavailableError);
  });

  test('two changes that exclude each other', async () => {
    await insert(database.kysely, 'user_1');
    await insert(database.kysely, 'user_2');
    const change = (first: string, second: string, ready: () => Promise<void>) =>
      database.kysely.transaction().execute(async (tx) => {
        await tx.updateTable('users').set({ name: first }).where('id', '=', first).execute();
        await ready();
        await tx.updateTable('users').set({ name: first }).where('id', '=', second).execute();
      });
    let arrived = 0;
    let go = () => {};
    const both = new Promise<void>((resolve) => {
      go = resolve;
    });
    const ready = () => {
      arrived += 1;
      if (arrived === 2) go();
      return both;
    };
    const outcomes = await Promise.allSettled([
      change('user_1', 'user_2', ready),
      change('user_2', 'user_1', ready),
    ]);
    const [failed] = outcomes.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(failed?.reason).toBeInstanceOf(UnavailableError);
    expect(failed?.reason.cause).toMatchObject({ code: '40P01' });
  });
});

test('connections of a server that was read-only are replaced when a change fails', async () => {
  const name = new URL(url).pathname.slice(1);
  const set = (value: 'on' | 'off') =>
    withClient(url, async (client) => {
      await client.query('set default_transaction_read_only = off');
      await client.query(`alter database ${name} set default_transaction_read_only = ${value}`);
    });
  await set('on');
  const reads = Array.from({ length: 5 }, () => sql`select pg_sleep(0.05)`.execute(database.kysely));
  await Promise.all(reads);
  await expectOutage(insert(database.kysely), '25006');
  await set('off');
  // As many as there are connections, none of which was opened after the end.
  for (let number = 1; number <= 5; number += 1) await insert(database.kysely, `user_${number}`);
});

describe('a connection that is lost inside a transaction', () => {
  test('fails the change, and the next one has another connection', async () => {
    const lost = database.kysely.transaction().execute(async (tx) => {
      await insert(tx);
      await endConnections();
      await insert(tx, 'user_2');
    });
    await expectOutage(lost);
    await insert(database.kysely, 'user_3');
    const rows = await database.kysely.selectFrom('users').select('id').execute();
    expect(rows).toEqual([{ id: 'user_3' }]);
  });

  test('does not hide why the change failed', async () => {
    const failing = database.kysely.transaction().execute(async (tx) => {
      await insert(tx);
      await endConnections();
      throw new ConflictError('OTHER', 'It is so already');
    });
    await expect(failing).rejects.toThrow(ConflictError);
    await insert(database.kysely);
  });

  test('at its end leaves open what became of it', async () => {
    const lost = database.kysely.transaction().execute(async (tx) => {
      await insert(tx);
      await endConnections();
    });
    await expect(lost).rejects.toThrow('check whether it took effect');
  });
});
