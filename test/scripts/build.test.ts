import { execFile } from 'node:child_process';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { databaseFor, readyAt, start } from '../cli/run.ts';

const root = join(import.meta.dirname, '../..');
const runNode = (...args: string[]) => promisify(execFile)(process.execPath, args, { cwd: root });

test('a command builds the program where that is out of date, and has standard output for itself', async () => {
  rmSync(join(root, 'dist/build.json'), { force: true });
  const { stdout } = await runNode('scripts/keywright.mjs', '--version');
  expect(stdout).toBe(`${packageJson.version}\n`);
  const built = statSync(join(root, 'dist/build.json')).mtimeMs;
  const again = await runNode('scripts/keywright.mjs', '--version');
  expect(again).toEqual({ stdout: `${packageJson.version}\n`, stderr: '' });
  expect(statSync(join(root, 'dist/build.json')).mtimeMs).toBe(built);
});

test('npm passes a command’s output on as it is', async () => {
  const { stdout } = await promisify(execFile)('npm', ['run', '-s', 'keywright', '--', '--version'], {
    cwd: root,
  });
  expect(stdout).toBe(`${packageJson.version}\n`);
});

test('a server that runs goes on while the program is built anew', async () => {
  const { env } = await databaseFor('sqlite');
  const url = await readyAt(start(env, 'serve', '--port', '0'));
  await runNode('scripts/build.mjs');
  // A piece that it has not loaded yet.
  const response = await fetch(`${url}/graphql`, { headers: { Accept: 'text/html' } });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
});
