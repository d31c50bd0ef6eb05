import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { SQLite, sqliteDriverFile } from '../../db/sqlite/driver.ts';

const ROOT = join(import.meta.dirname, '../..');

describe('the SQLite driver', () => {
  const named = (name: string) => `/node_modules/${name}`;

  test.each(['22.0.0', '24.21.0', '26.12.1', '100.0.0'])('is better-sqlite3 13 on Node.js %s', (version) => {
    expect(sqliteDriverFile(version, named)).toBe('/node_modules/better-sqlite3');
  });

  test.each(['20.19.0', '21.7.3'])(
    'is better-sqlite3 12, from a package of its own, on Node.js %s',
    (version) => {
      expect(sqliteDriverFile(version, named)).toBe('/node_modules/@keywright/better-sqlite3-node20');
    },
  );

  test('is nothing else where that one is missing, and says what to do', () => {
    const resolve = (name: string): string => {
      if (name === 'better-sqlite3') return named(name);
      throw new Error(`Cannot find module '${name}'`);
    };
    expect(() => sqliteDriverFile('20.19.0', resolve)).toThrow(
      /^On Node\.js 20\.19\.0 SQLite needs the package @keywright\/better-sqlite3-node20, which is not installed/,
    );
  });

  test('is the version that this Node.js needs', () => {
    const major = Number.parseInt(process.versions.node, 10) < 22 ? '3.53.' : '3.54.';
    const db = new SQLite(':memory:');
    expect(db.prepare<[], string>('select sqlite_version()').pluck().get()).toContain(major);
    db.close();
  });
});

test('the package for Node.js 20 loads no other version, wherever npm has put it', () => {
  const folder = mkdtempSync(join(inject('testRun').directory, 'driver-'));
  cpSync(join(ROOT, 'compat/better-sqlite3-node20'), join(folder, 'package'), { recursive: true });
  const found = join(folder, 'node_modules/better-sqlite3');
  mkdirSync(found, { recursive: true });
  writeFileSync(join(found, 'package.json'), JSON.stringify({ version: '13.2.0', main: 'index.js' }));
  writeFileSync(join(found, 'index.js'), 'process.stdout.write("loaded");');
  const load = 'try { require(process.argv[1]) } catch (error) { console.log(error.message) }';
  const output = execFileSync(process.execPath, ['-e', load, join(folder, 'package')], { encoding: 'utf8' });
  expect(output).toMatch(/^@keywright\/better-sqlite3-node20 found better-sqlite3 13\.2\.0 in place of 12/);
});

test('the package for Node.js 20 is left out on later versions, and has the version of its driver', () => {
  const manifest = createRequire(import.meta.url)(join(ROOT, 'compat/better-sqlite3-node20/package.json'));
  expect(manifest).toMatchObject({
    engines: { node: '<22' },
    dependencies: { 'better-sqlite3': manifest.version },
  });
});
