import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { serverOn } from '../support/server.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The names one step below a key at the start of a line. */
function children(yaml: string, key: string): string[] {
  const [, block = ''] = new RegExp(`^${key}:\\n((?:[ #].*\\n|\\n)*)`, 'm').exec(yaml) ?? [];
  return [...block.matchAll(/^ {2}([\w-]+):/gm)].map(([, name = '']) => name);
}

describe('compose.yaml', () => {
  const compose = read('compose.yaml');

  test('has the services that docs/operations.md tells of', () => {
    const [, section = ''] =
      /^## Several servers with Docker\n([\s\S]*?)^## /m.exec(read('docs/operations.md')) ?? [];
    const told = [...section.matchAll(/^\| `([\w-]+)`(?:, `([\w-]+)`)? \|/gm)].flatMap(([, ...names]) =>
      names.filter((name) => name !== undefined),
    );
    expect(children(compose, 'services').sort()).toEqual(told.sort());
  });

  test('sets what docs/configuration.md explains, and nothing else', () => {
    const [, block = ''] = /^x-keywright:[\s\S]*?^ {2}environment:\n((?: {4}.*\n)*)/m.exec(compose) ?? [];
    const names = [...block.matchAll(/^ {4}([A-Z_]+):/gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) expect(read('docs/configuration.md')).toContain(`\`${name}\``);
  });
});

test('the Dockerfile takes along every package that the bundle leaves outside', () => {
  const [, external = ''] = /external: \[(.*)\]/.exec(read('scripts/build.mjs')) ?? [];
  // Optional ones of other packages, which nobody has to install.
  const optional = ["'pg-native'", "'bufferutil'", "'utf-8-validate'"];
  const needed = external.split(', ').filter((name) => !optional.includes(name));
  expect(needed).toEqual(["'better-sqlite3'"]);
  const { dependencies } = JSON.parse(read('node_modules/better-sqlite3/package.json'));
  expect(Object.keys(dependencies)).toEqual(['bindings', 'prebuild-install']);
  expect(read('Dockerfile')).toContain('node_modules/bindings node_modules/file-uri-to-path');
});

describe.skipIf(spawnSync('caddy', ['version']).status !== 0)('deploy/compose/Caddyfile', () => {
  test('is one that Caddy takes', () => {
    const file = join(ROOT, 'deploy/compose/Caddyfile');
    const { status, stderr } = spawnSync('caddy', ['validate', '--adapter', 'caddyfile', '--config', file], {
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
  });
});

describe('figures', () => {
  const server = serverOn('postgres', { config: { metrics: true } });
  const named = (text: string): Set<string> =>
    new Set([...text.matchAll(/\b(?:keywright|process|nodejs)_[a-z0-9_]+/g)].map(([name]) => name));

  test('that the dashboard and docs/operations.md name are there', async () => {
    const text = await (await fetch(`${server().url}/metrics`)).text();
    const known = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name));
    for (const path of ['deploy/grafana/keywright.json', 'docs/operations.md']) {
      const unknown = [...named(read(path))].filter(
        (name) => !known.has(name.replace(/_(bucket|count|sum)$/, '')),
      );
      expect(unknown, path).toEqual([]);
    }
  });

  test('of Keywright are all told of', async () => {
    const text = await (await fetch(`${server().url}/metrics`)).text();
    const own = [...text.matchAll(/^# TYPE (keywright_\S+)/gm)].map(([, name = '']) => name);
    for (const name of own) expect(read('docs/operations.md')).toContain(name);
  });
});
