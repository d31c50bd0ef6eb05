import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { systemPrincipal } from '../../src/access/principal.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { freePort } from '../gateways/program.ts';
import { missingOf } from '../support/programs.ts';
import { readerOfReadme } from '../support/readme.ts';
import { makeApiKey, serverOn } from '../support/server.ts';
import { contextFor } from '../support/services.ts';
import { makeVerifyingOrganization } from '../support/verifier-client.ts';
import { eventually } from '../support/wait.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = 'packages/verifier/README.md';
const README = readFileSync(join(ROOT, PAGE), 'utf8');

/** The programs of the page by their framework. */
const PROGRAMS = new Map(
  [...README.matchAll(/^```js\n(import[\s\S]*?)^```/gm)].map(([, program = '']) => [
    /@keywright\/verifier\/([\w-]+)/.exec(program)?.[1] ?? '',
    program,
  ]),
);

/** A folder in which the package and all frameworks are installed. */
function readerFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'verifier-reader-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of [
    '@hono/node-server',
    '@types/express',
    '@types/node',
    'express',
    'fastify',
    'graphql-yoga',
    'hono',
  ]) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), link);
  }
  mkdirSync(join(folder, 'node_modules/@keywright'));
  symlinkSync(join(ROOT, 'packages/verifier'), join(folder, 'node_modules/@keywright/verifier'));
  return folder;
}

const missing = missingOf('curl');

test.skipIf(missing)(
  `the first section of the package's README works as pasted${missing}`,
  { timeout: 120_000 },
  async () => {
    const reader = await readerOfReadme(PAGE);
    const steps = reader.steps('Protect an Express API in five minutes');
    const terminal = reader.open();
    const packed = mkdtempSync(join(tmpdir(), 'verifier-packed-'));
    onTestFinished(() => rmSync(packed, { recursive: true, force: true }));
    // Unpacks instead of downloading the dependencies.
    const install = `npm() {
      [ "$1" = install ] || { command npm "$@"; return; }
      mkdir -p node_modules/@keywright
      tar -xzf "$2" -C node_modules/@keywright --transform s/package/verifier/
      ln -s ${ROOT}/node_modules/{express,ws,graphql,graphql-ws} node_modules/
    }`;
    await terminal.paste({ commands: install, line: 0, output: null });
    for (const step of steps) {
      if (step.commands.startsWith('node server.mjs')) {
        const server = reader.own(PROGRAMS.get('express') ?? '');
        await terminal.paste({ commands: `cat > server.mjs <<'FILE'\n${server}FILE`, line: 0, output: null });
      }
      await terminal.paste({
        ...step,
        commands: step.commands.replaceAll('/tmp', packed),
        output: step.output && reader.own(step.output),
      });
      if (step.commands.startsWith('node server.mjs'))
        await eventually(() => terminal.stdout().includes('Listening on http://127.0.0.1:'));
    }
    await terminal.paste({ commands: 'kill -INT %1 && wait %1', line: 0, output: null });
    expect(terminal.stderr()).not.toMatch(/error|^ +at /im);
    expect(reader.server.stderr()).toBe('');
  },
);

describe("the programs of the package's README", () => {
  const server = serverOn('sqlite');

  it('are one per framework', () => {
    expect([...PROGRAMS.keys()].sort()).toEqual(['express', 'fastify', 'graphql-yoga', 'hono', 'node']);
  });

  it.each([...PROGRAMS])(
    'protect an API with %s, and end when they are interrupted',
    async (name, program) => {
      const { token, organizationId } = await makeVerifyingOrganization(server());
      const customer = await makeApiKey(server(), organizationId, { externalId: 'customer-42' });
      const folder = readerFolder();
      const port = await freePort();
      writeFileSync(join(folder, 'server.mjs'), program.replaceAll('3000', `${port}`));
      const api = spawn(process.execPath, ['server.mjs'], {
        cwd: folder,
        env: { PATH: process.env.PATH ?? '', KEYWRIGHT_URL: server().url, KEYWRIGHT_TOKEN: token },
      });
      let output = '';
      for (const stream of [api.stdout, api.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text;
        });
      const ended = new Promise<number | null>((resolve) => api.on('close', resolve));
      onTestFinished(async () => {
        api.kill('SIGKILL');
        await ended;
      });
      await eventually(() => output.includes('Listening') || api.exitCode !== null);
      const call = async (path: string, headers: Record<string, string> = {}) => {
        const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
        return `${response.status} ${await response.text()}`;
      };
      const path = name === 'graphql-yoga' ? '/graphql?query={orders}' : '/orders';
      if (!['graphql-yoga', 'node'].includes(name))
        expect(await call('/')).toBe('200 Anyone can read this.\n');
      expect(await call(path), output).toMatch(/^401 .*"MALFORMED"/);
      expect(await call(path, { 'X-API-Key': customer.secret })).toMatch(/^200 .*Orders for customer-42/);
      await revokeApiKey(contextFor(server().services, systemPrincipal('test')), { id: customer.id });
      expect(await call(path, { 'X-API-Key': customer.secret })).toMatch(/^401 .*"REVOKED"/);
      expect(output).toBe(`Listening on http://127.0.0.1:${port}\n`);
      api.kill('SIGINT');
      expect(await ended, output).toBe(0);
    },
  );

  it('compile as TypeScript under strict settings', { timeout: 60_000 }, async () => {
    const folder = readerFolder();
    // As the section on TypeScript says.
    for (const [name, program] of PROGRAMS)
      writeFileSync(
        join(folder, `${name}.ts`),
        program
          .replace('createSchema(', 'createSchema<KeywrightContext>(')
          .replace(
            "{ keywright } from '@keywright/verifier/graphql-yoga'",
            "{ keywright, type KeywrightContext } from '@keywright/verifier/graphql-yoga'",
          ),
      );
    const [, verify = ''] = /^```js\n(const verdict = [\s\S]*?)^```/m.exec(README) ?? [];
    writeFileSync(
      join(folder, 'verify.ts'),
      `import type { Verifier } from '@keywright/verifier';
declare const verifier: Verifier;
declare const secret: string;
${verify}`,
    );
    cpSync(join(import.meta.dirname, 'options.example.ts'), join(folder, 'options.ts'));
    const compilerOptions = {
      ...{ strict: true, module: 'nodenext', target: 'es2022', types: ['node'], skipLibCheck: true },
      ...{ noEmit: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { stdout } = await promisify(execFile)(process.execPath, [tsc, '-p', folder]).catch(
      (error: { stdout: string }) => error,
    );
    expect(stdout).toBe('');
  });
});
