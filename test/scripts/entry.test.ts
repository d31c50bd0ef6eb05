import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSync, transformSync } from 'rolldown/utils';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { entry, minimumOf } from '../../scripts/entry.mjs';

const ROOT = join(import.meta.dirname, '../..');
const ENTRIES = ['scripts/keywright.mjs', 'dist/keywright.js'];
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

beforeAll(() => {
  execFileSync(process.execPath, [join(ROOT, 'scripts/keywright.mjs'), '--version']);
});

test('the program of the repository begins like that of the package', () => {
  const minimum = minimumOf(packageJson);
  expect(minimum).toMatch(/^\d+\.\d+$/);
  expect(read('scripts/keywright.mjs')).toBe(entry('./run.mjs', minimum));
  const [, load = ''] = /import\('([^']+)'\)/.exec(read('dist/keywright.js')) ?? [];
  expect(load).toMatch(/^\.\/main-[\w-]+\.js$/);
  expect(read('dist/keywright.js')).toBe(entry(load, minimum));
});

test.each(ENTRIES)('%s has nothing that an old Node.js does not understand', (path) => {
  const source = read(path);
  const lowered = (target: string, text = source) => transformSync('entry.mjs', text, { target }).code;
  expect(lowered('es2015')).toBe(lowered('esnext'));
  expect(lowered('es2015', 'a ?? b')).not.toBe(lowered('esnext', 'a ?? b'));
  const { program } = parseSync('entry.mjs', source);
  expect(program.body.map(({ type }: { type: string }) => type)).toEqual([
    'VariableDeclaration',
    'IfStatement',
  ]);
});

/** Runs it as that version of Node.js, as far as the program can tell. */
function runAs(version: string, path: string) {
  const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
  const args = [
    '--import',
    `data:text/javascript,${encodeURIComponent(pretend)}`,
    join(ROOT, path),
    '--version',
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { status, stdout, stderr };
}

test.each(ENTRIES)('%s says in a line that Node.js is too old, and exits 1', (path) => {
  for (const version of ['12.22.12', '18.20.8', '20.18.3'])
    expect(runAs(version, path)).toEqual({
      status: 1,
      stdout: '',
      stderr: `Keywright needs Node.js 20.19 or later, and this is ${version}: install one from https://nodejs.org\n`,
    });
  for (const version of ['20.19.0', '22.0.0', '26.1.0'])
    expect(runAs(version, path)).toEqual({ status: 0, stdout: `${packageJson.version}\n`, stderr: '' });
});

test('a clone without its packages says in a line that they have to be installed, and exits 1', () => {
  const clone = mkdtempSync(join(tmpdir(), 'keywright-clone-'));
  onTestFinished(() => rmSync(clone, { recursive: true, force: true }));
  for (const path of ['scripts', 'package.json'])
    cpSync(join(ROOT, path), join(clone, path), { recursive: true });
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(clone, ENTRIES[0] ?? ''), 'serve'], {
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toBe(
    `The package ${Object.keys(packageJson.dependencies)[0]} is not installed: run npm ci in ${clone}/\n`,
  );
});
