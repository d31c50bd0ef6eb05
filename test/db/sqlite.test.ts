import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrate } from '../../db/migrate.ts';
import { openDatabase } from '../../db/open.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'keywright-sqlite-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

test('a new file, with those beside it, is for its owner only', async () => {
  const path = join(directory, 'new', 'keywright.db');
  const database = await openDatabase(`sqlite:${path}`);
  await migrate(database);
  expect(['', '-wal', '-shm'].map((end) => modeOf(`${path}${end}`))).toEqual(['600', '600', '600']);
  expect(modeOf(join(directory, 'new'))).toBe('700');
  await database.close();
});

test('a file that is there keeps the mode that its owner gave it', async () => {
  const path = join(directory, 'keywright.db');
  writeFileSync(path, '');
  chmodSync(path, 0o640);
  const database = await openDatabase(`sqlite:${path}`);
  await migrate(database);
  expect(modeOf(path)).toBe('640');
  await database.close();
});
