import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import packageJson from '../../packages/verifier/package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '../..');
const PACKAGE = join(ROOT, 'packages/verifier');

/** Runs a program of the development dependencies in the root folder. */
async function run(program: string, ...args: readonly string[]): Promise<string> {
  const path = join(ROOT, 'node_modules/.bin', program);
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' };
  const { stdout } = await promisify(execFile)(path, args, { cwd: ROOT, env, maxBuffer: 2 ** 24 });
  return stdout;
}

const files = (readdirSync(join(PACKAGE, 'dist'), { recursive: true }) as string[]).filter((name) =>
  statSync(join(PACKAGE, 'dist', name)).isFile(),
);
const read = (name: string): string => readFileSync(join(PACKAGE, 'dist', name), 'utf8');

test('publint finds nothing to complain about', async () => {
  expect(await run('publint', '--strict', 'packages/verifier')).toContain('All good!');
});

test('the types resolve for every entry point', async () => {
  const json = await run('attw', '--pack', 'packages/verifier', '--profile', 'esm-only', '--format', 'json');
  const { problems } = JSON.parse(json).analysis;
  const kinds = problems.map(
    ({ kind, resolutionKind }: Record<string, string>) => `${kind} ${resolutionKind}`,
  );
  // An ESM package: `require` of Node.js 20.19 and later loads it as well.
  expect(new Set(kinds)).toEqual(new Set(['NoResolution node10', 'CJSResolvesToESM node16-cjs']));
});

test('the types refer to nothing outside the package but Node.js and the frameworks', () => {
  const types = files.filter((name) => name.endsWith('.d.ts'));
  expect(types.length).toBeGreaterThan(6);
  const imported = types.flatMap((name) =>
    [...read(name).matchAll(/(?:from |import\()['"]([^'"]+)['"]/g)].map(([, module = '']) => module),
  );
  expect([...new Set(imported.filter((module) => !/^\.{1,2}\/[\w/-]+\.js$/.test(module)))].sort()).toEqual([
    'fastify',
    'graphql-yoga',
    'hono',
    'node:http',
  ]);
  for (const name of types) expect(read(name), name).not.toMatch(/\.ts['"]|\.\.\/\.\./);
});

test('the modules import their declared dependencies only', () => {
  const imported = files
    .filter((name) => name.endsWith('.js'))
    .flatMap((name) =>
      [...read(name).matchAll(/^import .*?["']([^"'.][^"']*)["'];?$/gm)].map(([, module = '']) => module),
    );
  const foreign = [...new Set(imported)].filter((module) => !module.startsWith('node:'));
  expect(foreign.sort()).toEqual(['graphql-ws/client', 'ws']);
  expect(Object.keys(packageJson.dependencies)).toEqual(['graphql-ws', 'ws']);
});

test('every middleware is an entry point', () => {
  expect(Object.keys(packageJson.exports)).toEqual([
    '.',
    './express',
    './fastify',
    './graphql-yoga',
    './hono',
    './node',
    './package.json',
  ]);
});
