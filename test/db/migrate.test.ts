import { type Kysely, sql } from 'kysely';
import { afterEach, expect, test } from 'vitest';
import { migrate } from '../../db/migrate.ts';
import { openDatabase } from '../../db/open.ts';
import { createTestDatabaseUrl } from '../support/databases.ts';
import { withClient } from '../support/postgres-databases.ts';
import { eventually } from '../support/wait.ts';

/** The lock that Kysely takes for migrations of PostgreSQL. */
const MIGRATION_LOCK = '3853314791062309107';

/** More than any statement takes that is not to be given up, even on a busy machine. */
const TIMEOUT_MS = 1_000;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function withShortTimeout() {
  const { url, drop } = await createTestDatabaseUrl('postgres', { empty: true });
  closing.push(drop);
  // What an address says goes before what the program asks for.
  const database = await openDatabase(`${url}?statement_timeout=${TIMEOUT_MS}`);
  closing.push(() => database.close());
  return { url, database };
}

test('a second process waits for the migrations of the first, however long they take', async () => {
  const { url, database } = await withShortTimeout();
  await withClient(url, async (first) => {
    await first.query('begin');
    await first.query(`select pg_advisory_xact_lock(${MIGRATION_LOCK})`);
    const second = migrate(database);
    const waiting = `select 1 from pg_locks join pg_database on pg_database.oid = pg_locks.database
      where datname = current_database() and locktype = 'advisory' and not granted`;
    await eventually(async () => (await first.query(waiting)).rowCount === 1);
    const longer = `${waiting} and waitstart < clock_timestamp() - interval '${2 * TIMEOUT_MS} ms'`;
    await eventually(async () => (await first.query(longer)).rowCount === 1);
    await first.query('commit');
    expect((await second).applied.length).toBeGreaterThan(0);
  });
});

test('statements are given up after their time again once the migrations are done', async () => {
  const { database } = await withShortTimeout();
  await migrate(database);
  const slow = sql`select pg_sleep(${(60 * TIMEOUT_MS) / 1000})`.execute(database.kysely);
  await expect(slow).rejects.toMatchObject({ cause: { code: '57014' } });
});

test('a migration keeps its connection, however long the server says nothing', async () => {
  const { url, drop } = await createTestDatabaseUrl('postgres', { empty: true });
  closing.push(drop);
  const database = await openDatabase(url, { silenceMaxMs: TIMEOUT_MS });
  closing.push(() => database.close());
  const slow = (db: Kysely<unknown>) => sql`select pg_sleep(${(3 * TIMEOUT_MS) / 1000})`.execute(db);
  const { applied } = await migrate(database, () => {}, {
    '0001-slow': { apart: true, up: (db) => slow(db).then(() => {}) },
  });
  expect(applied).toEqual(['0001-slow']);
  await expect(slow(database.kysely as Kysely<unknown>)).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  });
});
