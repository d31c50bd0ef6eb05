import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { serverOn } from '../support/server.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const dockerfile = read('Dockerfile');
const [build = '', image = ''] = dockerfile.split(/^(?=FROM )/m).slice(1);

describe('the image', () => {
  test('is made in two steps, without a compiler, and runs on Node 24', () => {
    expect(dockerfile.match(/^FROM /gm)).toHaveLength(2);
    expect(build).toMatch(/^FROM node:24-\w+-slim AS build$/m);
    expect(build).not.toContain('npm rebuild');
    expect(image).toMatch(/^FROM node:24-\w+-slim$/m);
  });

  test('runs as nobody in particular, and keeps data in a volume alone', () => {
    expect(image).toMatch(/^USER node$/m);
    expect(image.indexOf('USER node')).toBeLessThan(image.indexOf('ENTRYPOINT'));
    expect(image.match(/--chown=\S+ .*/g)).toEqual(['--chown=node:node /data /data']);
    expect(image).toMatch(/^VOLUME \/data$/m);
    expect(image).toContain('DATABASE_URL=sqlite:/data/');
  });

  test('is made from all that the server and the console are made from', () => {
    const allowed = new Set(
      [...read('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, path = '']) => path.split('/')[0]),
    );
    for (const script of ['scripts/build.mjs', 'scripts/build-console.mjs']) {
      const [, list = ''] = /^const INPUTS = \[([\s\S]*?)\]/m.exec(read(script)) ?? [];
      const inputs = [...list.matchAll(/'([^']+)'/g)].map(([, path = '']) => path.split('/')[0]);
      expect(inputs.length, script).toBeGreaterThan(0);
      for (const input of inputs) expect(allowed, script).toContain(input);
    }
    expect(build).toContain('node scripts/build.mjs');
    expect(build).toContain('cp -r dist /app/dist');
  });

  test('takes along every package that the bundle leaves outside', () => {
    const [, external = ''] = /external: \[(.*)\]/.exec(read('scripts/build.mjs')) ?? [];
    // Optional ones of other packages, which nobody has to install.
    const optional = ["'pg-native'", "'bufferutil'", "'utf-8-validate'"];
    const needed = external.split(', ').filter((name) => !optional.includes(name));
    expect(needed).toEqual(["'better-sqlite3'", '/^@node-rs\\//']);
    expect(build).toContain('cp -r node_modules/@node-rs /app/node_modules/');
    const { dependencies } = JSON.parse(read('node_modules/better-sqlite3/package.json'));
    // Headers for a compiler.
    expect(Object.keys(dependencies)).toEqual(['node-addon-api']);
    expect(build).toContain('cp -r node_modules/better-sqlite3/package.json node_modules/better-sqlite3/lib');
    const [, prebuilt = ''] = /cp (\S+\/prebuilds\/linux-\S+ -p process\.arch\)\.node) /.exec(build) ?? [];
    expect(prebuilt).toContain('linux-$(node -p process.arch)');
    for (const arch of ['x64', 'arm64'])
      expect(existsSync(join(ROOT, prebuilt.replace('$(node -p process.arch)', arch))), arch).toBe(true);
  });

  test('is installed from every file that npm needs', () => {
    const [, copied = ''] = /^COPY (package\.json .*) \.\/$/m.exec(build) ?? [];
    expect(copied.split(' ')).toEqual(['package.json', 'package-lock.json', '.npmrc']);
    const local = Object.values(
      JSON.parse(read('package.json')).optionalDependencies as Record<string, string>,
    );
    expect(local).toEqual(['file:compat/better-sqlite3-node20']);
    for (const name of ['compat', 'packages'])
      expect(build).toMatch(new RegExp(`^COPY ${name} ${name}$`, 'm'));
    for (const name of [...copied.split(' '), 'compat', 'packages'])
      expect(read('.dockerignore').split('\n')).toContain(`!${name}`);
  });
});

describe('the image’s health check', () => {
  const server = serverOn('sqlite');

  /** Runs it as Docker does; gives its exit code. */
  async function check(port: string): Promise<number> {
    const [, command = ''] = /^HEALTHCHECK [\s\S]*?CMD (\[.*\])$/m.exec(image) ?? [];
    const [program = '', ...args] = JSON.parse(command) as string[];
    expect(program).toBe('node');
    const child = spawn(process.execPath, args, { env: { PORT: port }, stdio: 'ignore' });
    const [code] = await once(child, 'exit');
    return code;
  }

  test('passes while the server answers, and fails where none does', async () => {
    expect(await check(new URL(server().url).port)).toBe(0);
    expect(await check('1')).toBe(1);
  });
});
