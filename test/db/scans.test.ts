import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RawBuilder, sql } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Database, type Engine, openDatabase } from '../../db/open.ts';
import { type SqliteScans, sqliteScans } from '../../db/sqlite/scans.ts';
import { UnavailableError } from '../../src/core/errors.ts';
import { createTestDatabaseUrl, onEachDatabase } from '../support/databases.ts';
import { eventually } from '../support/wait.ts';

const LONG_MS = 3_600_000;
const SHORT_MS = 300;

/** A read that does not end. */
const ENDLESS: Readonly<Record<Engine, RawBuilder<unknown>>> = {
  sqlite: sql`with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n`,
  postgres: sql`select pg_sleep(3600)`,
};

async function opened(engine: Engine, options: Parameters<typeof openDatabase>[1] = {}): Promise<Database> {
  const { url, drop } = await createTestDatabaseUrl(engine);
  onTestFinished(drop);
  const database = await openDatabase(url, options);
  onTestFinished(() => database.close());
  return database;
}

/** Organizations of so many teams, made without the verbs. */
async function fill({ kysely }: Database, sizes: Readonly<Record<string, number>>): Promise<void> {
  for (const [id, teams] of Object.entries(sizes)) {
    await sql`insert into organizations (id, name, slug, key_prefix, permission_catalog, created_at)
      values (${id}, ${id}, ${id}, 'kw', '[]', 1)`.execute(kysely);
    await sql`insert into teams (id, organization_id, name, name_key, created_at)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < cast(${teams} as integer))
      select cast(${id} as text) || '_' || i, cast(${id} as text), 'Team ' || i, 'team ' || i, i from n`.execute(
      kysely,
    );
  }
}

const readerOf = ({ scans, kysely }: Database, id: string) => scans.reader(kysely, 'teams', id);

onEachDatabase('reads of many rows', (engine) => {
  test('are done elsewhere, with the same rows as here; those of few rows are done here', async () => {
    const database = await opened(engine);
    await fill(database, { org_1: 300, org_2: 200 });
    const far = await readerOf(database, 'org_1');
    expect(far).not.toBe(database.kysely);
    expect(await readerOf(database, 'org_2')).toBe(database.kysely);
    const read = (db: Database['kysely']) =>
      db
        .selectFrom('teams')
        .selectAll()
        .where('organization_id', '=', 'org_1')
        .where('name', '!=', "Team 'x' \u{1f511}")
        .orderBy('created_at')
        .limit(50)
        .execute();
    expect(await read(far)).toEqual(await read(database.kysely));
    const { teams } = await far
      .selectFrom('teams')
      .select((eb) => eb.fn.countAll<number>().as('teams'))
      .where('organization_id', '=', 'org_1')
      .executeTakeFirstOrThrow();
    expect(teams).toBe(300);
  });

  test('see what was committed before them', async () => {
    const database = await opened(engine);
    await fill(database, { org_1: 300 });
    const far = await readerOf(database, 'org_1');
    for (let n = 1; n <= 20; n += 1) {
      await database.kysely
        .updateTable('teams')
        .set({ name: `New ${n}` })
        .where('id', '=', 'org_1_1')
        .execute();
      const row = far.selectFrom('teams').select('name').where('id', '=', 'org_1_1');
      expect(await row.executeTakeFirst()).toEqual({ name: `New ${n}` });
    }
  });

  test.runIf(engine === 'sqlite')('never write', async () => {
    const database = await opened(engine);
    await fill(database, { org_1: 300 });
    const far = await readerOf(database, 'org_1');
    await expect(far.deleteFrom('teams').execute()).rejects.toThrow();
    await expect(far.deleteFrom('teams').returning('id').execute()).rejects.toThrow(UnavailableError);
    await expect(far.transaction().execute(async () => {})).rejects.toThrow('do not support transactions');
    expect(await database.kysely.selectFrom('teams').select('id').execute()).toHaveLength(300);
  });

  test('fail as they would here', async () => {
    const database = await opened(engine);
    await fill(database, { org_1: 300 });
    const far = await readerOf(database, 'org_1');
    await expect(sql`select missing from teams`.execute(far)).rejects.toThrow(/column/);
    expect((await sql`select 1 as one`.execute(far)).rows).toEqual([{ one: 1 }]);
  });

  test('keep nothing else from being done while they run, and end with the database', async () => {
    const database = await opened(engine, { scanTimeLimitMs: LONG_MS });
    await fill(database, { org_1: 300, org_2: 300 });
    const far = await readerOf(database, 'org_1');
    let isOver = false;
    const endless = ENDLESS[engine].execute(far).catch((error: unknown) => {
      isOver = true;
      return error;
    });
    const other = await readerOf(database, 'org_2');
    for (let turn = 0; turn < 50; turn += 1) {
      expect((await sql`select 1 as one`.execute(database.kysely)).rows).toEqual([{ one: 1 }]);
      // Another organization's have their turn too.
      expect((await sql`select 2 as two`.execute(other)).rows).toEqual([{ two: 2 }]);
    }
    expect(isOver).toBe(false);
    const waiting = Promise.allSettled([sql`select 3`.execute(far), sql`select 3`.execute(far)]);
    if (engine === 'sqlite') {
      await database.close();
      expect(await endless).toBeInstanceOf(UnavailableError);
      for (const { status } of await waiting) expect(status).toBe('rejected');
    } else {
      await sql`select pg_cancel_backend(pid) from pg_stat_activity where query like '%pg_sleep(3600)%' and pid <> pg_backend_pid()`.execute(
        database.kysely,
      );
      expect(await endless).toBeInstanceOf(UnavailableError);
      await waiting;
    }
  });

  test('that take too long fail, and those that wait behind them are done', async () => {
    const database = await opened(engine, { scanTimeLimitMs: SHORT_MS });
    await fill(database, { org_1: 300 });
    const far = await readerOf(database, 'org_1');
    const endless = Promise.allSettled([ENDLESS[engine].execute(far), ENDLESS[engine].execute(far)]);
    const after = await Promise.all(
      [1, 2, 3].map((n) => sql`select cast(${n} as integer) as n`.execute(far)),
    );
    expect(after.map(({ rows }) => rows[0])).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    for (const outcome of await endless)
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(UnavailableError) });
  });
});

describe('the process that reads', () => {
  function scansOf(url: string, timeLimitMs = LONG_MS): SqliteScans {
    const scans = sqliteScans({ path: url.slice('sqlite:'.length), timeLimitMs, busyTimeoutMs: 0 });
    onTestFinished(() => scans.close());
    return scans;
  }

  async function newScans(): Promise<SqliteScans> {
    const { url, drop } = await createTestDatabaseUrl('sqlite');
    onTestFinished(drop);
    return scansOf(url);
  }

  const one = (scans: SqliteScans, group = 'a') => sql`select 1 as one`.execute(scans.connect(group));

  test('starts with the first read, another one while it is busy with another organization', async () => {
    const scans = await newScans();
    expect(scans.pids).toEqual([]);
    await one(scans, 'a');
    await one(scans, 'b');
    expect(scans.pids).toHaveLength(1);
    const endless = ENDLESS.sqlite.execute(scans.connect('a')).catch(() => {});
    await one(scans, 'b');
    expect(scans.pids).toHaveLength(2);
    await scans.close();
    await endless;
    expect(scans.pids.filter(isAlive)).toEqual([]);
  });

  test('is replaced where it ends by itself, and what it read is read again, once', async () => {
    const scans = await newScans();
    await one(scans);
    const [first = 0] = scans.pids;
    process.kill(first, 'SIGKILL');
    expect((await one(scans)).rows).toEqual([{ one: 1 }]);

    const endless = ENDLESS.sqlite.execute(scans.connect('a')).catch((error: unknown) => error);
    const [second = 0] = scans.pids;
    expect(second).not.toBe(first);
    process.kill(second, 'SIGKILL');
    const [third = 0] = await eventually(() => scans.pids[0] !== second && scans.pids);
    process.kill(third, 'SIGKILL');
    expect(await endless).toBeInstanceOf(UnavailableError);
    expect((await one(scans)).rows).toEqual([{ one: 1 }]);
  });

  test.runIf(process.platform === 'linux')('has nothing of the environment', async () => {
    const scans = await newScans();
    await one(scans);
    const [pid = 0] = scans.pids;
    const names = readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .map((line) => line.split('=')[0]);
    expect(names.filter((name) => name && !name.startsWith('NODE_CHANNEL_'))).toEqual([]);
  });

  test('ends with whoever started it, also in the middle of a read', async () => {
    const { url, drop } = await createTestDatabaseUrl('sqlite');
    onTestFinished(drop);
    const program = join(import.meta.dirname, '../support/endless-scan.ts');
    const parent = spawn(process.execPath, ['--import', 'tsx', program, url.slice('sqlite:'.length)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [text] = await once(parent.stdout.setEncoding('utf8'), 'data');
    const pid = Number(text);
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await eventually(() => !isAlive(pid));
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
