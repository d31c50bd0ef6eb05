import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const read = (path: string): string => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');

interface Locked {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly gypfile?: boolean;
}

const packages = Object.entries(
  JSON.parse(read('package-lock.json')).packages as Record<string, Locked>,
).filter(([path]) => path.includes('node_modules/'));

test('every package from a registry is locked by its content, and to no registry', () => {
  const own = packages.filter(([, { resolved, link }]) => resolved !== undefined && !link);
  expect(own.map(([path, { resolved }]) => [path, resolved])).toEqual([
    ['node_modules/@keywright/better-sqlite3-node20', 'file:compat/better-sqlite3-node20'],
  ]);
  const links = packages.filter(([, { link }]) => link);
  expect(links.map(([path, { resolved }]) => [path, resolved])).toEqual([
    ['node_modules/@keywright/verifier', 'packages/verifier'],
  ]);
  const loose = packages.filter(
    ([, { resolved, integrity }]) => !resolved && !integrity?.startsWith('sha512-'),
  );
  expect(loose.map(([path]) => path)).toEqual([]);
});

// npm compiles whatever has a binding.gyp and no install script; only this key keeps it from that, in every version of
// npm, when it installs from a lock file. `npm install` drops the key.
test('the lock file keeps npm from compiling the SQLite driver, which brings its addons', () => {
  const manifest = JSON.parse(read('node_modules/better-sqlite3/package.json'));
  expect([manifest.gypfile, manifest.scripts.install]).toEqual([false, undefined]);
  const [, driver] = packages.find(([path]) => path === 'node_modules/better-sqlite3') ?? [];
  expect(driver, 'put "gypfile": false back into package-lock.json').toMatchObject({ gypfile: false });
});

// A link instead of a copy would have npm 10 install what it links to on every version of Node.js.
test('npm copies the package for Node.js 20 instead of linking to it', () => {
  expect(read('.npmrc').split('\n')).toContain('install-links=true');
});
