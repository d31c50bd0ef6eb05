import { chmodSync, mkdirSync, mkdtempSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { DatabaseServedError } from '../../db/database-errors.ts';
import { lockForServer, pathOf } from '../../db/open.ts';

function newFolder(): string {
  return mkdtempSync(join(inject('testRun').directory, 'lock-'));
}

test('one file has one lock, by whichever symbolic links it is named', async () => {
  const folder = newFolder();
  const path = join(folder, 'keywright.db');
  for (const name of ['folder', 'other']) mkdirSync(join(folder, name));
  const links = [
    [path, join(folder, 'link.db')],
    ['../link.db', join(folder, 'folder/again.db')],
    [join(folder, 'folder'), join(folder, 'other/way')],
  ] as const;
  for (const [target, link] of links) symlinkSync(target, link);
  const names = [path, ...links.slice(0, 2).map(([, link]) => link), join(folder, 'other/way/again.db')];
  // Whether or not the file is there.
  for (const exists of [false, true]) {
    if (exists) writeFileSync(path, '');
    expect(names.map((name) => pathOf(`sqlite:${name}`))).toEqual(names.map(() => path));
  }
  const unlock = await lockForServer(`sqlite:${names[0]}`);
  await expect(lockForServer(`sqlite:${names[3]}`)).rejects.toBeInstanceOf(DatabaseServedError);
  unlock();
  onTestFinished(await lockForServer(`sqlite:${names[3]}`));
});

test('links in a circle, or into a folder that is missing, are left to SQLite', () => {
  const folder = newFolder();
  symlinkSync('b', join(folder, 'a'));
  symlinkSync('a', join(folder, 'b'));
  symlinkSync('missing/file', join(folder, 'c'));
  for (const name of ['a', 'c']) expect(() => pathOf(`sqlite:${join(folder, name)}`)).not.toThrow();
});

test('the lock is for its owner only, also one of an earlier release', async () => {
  const path = join(newFolder(), 'keywright.db');
  writeFileSync(`${path}-lock`, '');
  chmodSync(`${path}-lock`, 0o644);
  onTestFinished(await lockForServer(`sqlite:${path}`));
  expect(statSync(`${path}-lock`).mode & 0o777).toBe(0o600);
});
