import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { openSqlite } from '../../db/sqlite/sqlite.ts';

const MOVED = { code: 'UNAVAILABLE', message: 'The database file was moved or deleted' };

test.each(['', '-wal'])(
  'a file keywright.db%s that was deleted or replaced fails changes, and reads that open it',
  async (suffix) => {
    const folder = mkdtempSync(join(tmpdir(), 'keywright-file-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'keywright.db');
    const database = await openSqlite(path);
    onTestFinished(() => database.close());
    const { kysely, unhurried } = database;
    await sql`create table notes (text text)`.execute(kysely);
    const write = (db = kysely) => sql`insert into notes values ('A')`.execute(db);
    const count = async () =>
      (await sql<{ n: number }>`select count(*) as n from notes`.execute(kysely)).rows[0]?.n;
    await write();
    await write(unhurried);

    renameSync(path + suffix, `${path}.old`);
    for (const another of [false, true]) {
      if (another) writeFileSync(path + suffix, '');
      await expect(write()).rejects.toMatchObject(MOVED);
      await expect(write(unhurried)).rejects.toMatchObject(MOVED);
      await expect(kysely.transaction().execute(write)).rejects.toMatchObject(MOVED);
      await expect(
        kysely
          .transaction()
          .setAccessMode('read only')
          .execute(async () => {}),
      ).rejects.toMatchObject(MOVED);
      await expect(database.checkWrites()).rejects.toMatchObject(MOVED);
    }
    expect(await count()).toBe(2);

    renameSync(`${path}.old`, path + suffix);
    await write();
    expect(await count()).toBe(3);
  },
);
