import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { databaseFor, readyAt, start } from '../cli/run.ts';
import { eventually } from '../support/wait.ts';

const root = join(import.meta.dirname, '../..');
/** What a build of the server reads. */
const INPUTS = ['src', 'schema', 'db', 'scripts', 'package.json', 'package-lock.json', 'tsconfig.json'];

const runNode = (...args: string[]) => promisify(execFile)(process.execPath, args, { cwd: root });

test('a command builds the program where that is out of date, and has standard output for itself', async () => {
  // A copy: commands of other tests would build the program here as well.
  const copy = mkdtempSync(join(tmpdir(), 'build-'));
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  for (const name of INPUTS) cpSync(join(root, name), join(copy, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const version = () =>
    promisify(execFile)(process.execPath, ['scripts/keywright.mjs', '--version'], { cwd: copy });
  expect((await version()).stdout).toBe(`${packageJson.version}\n`);
  const built = statSync(join(copy, 'dist/build.json')).mtimeMs;
  expect(await version()).toEqual({ stdout: `${packageJson.version}\n`, stderr: '' });
  expect(statSync(join(copy, 'dist/build.json')).mtimeMs).toBe(built);
});

test('npm passes a command’s output on as it is', async () => {
  const { stdout } = await promisify(execFile)('npm', ['run', '-s', 'keywright', '--', '--version'], {
    cwd: root,
  });
  expect(stdout).toBe(`${packageJson.version}\n`);
});

test('npm start passes on the signal that ends it, and waits for the server', async () => {
  const { env } = await databaseFor('sqlite');
  const npm = spawn('npm', ['start'], {
    cwd: root,
    env: { ...process.env, ...env, PORT: '0', VERIFY_PORT: 'off' },
  });
  onTestFinished(() => void npm.kill('SIGKILL'));
  let stdout = '';
  npm.stdout.on('data', (text) => {
    stdout += text;
  });
  const ended = once(npm, 'close');
  const url = await eventually(() => /ready at (\S+)/.exec(stdout)?.[1]);
  npm.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  await expect(fetch(url)).rejects.toThrow();
});

test('a server that runs goes on while the program is built anew', async () => {
  const { env } = await databaseFor('sqlite');
  const url = await readyAt(start(env, 'serve', '--port', '0'));
  await runNode('scripts/build.mjs', '--server');
  // A piece that it has not loaded yet.
  const response = await fetch(`${url}/graphql`, { headers: { Accept: 'text/html' } });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
});
