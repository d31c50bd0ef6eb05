import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { databaseFor, readyAt, start } from './cli/run.ts';
import { freePort } from './gateways/program.ts';
import { missingOf } from './support/programs.ts';
import { outputPattern, readRecipes } from './support/recipes.ts';

const ROOT = join(import.meta.dirname, '..');
const sections = readRecipes(readFileSync(join(ROOT, 'README.md'), 'utf8'));
const missing = missingOf('caddy', 'curl');

const stepsOf = (title: string) => sections.find((section) => section.title === title)?.steps ?? [];

/** Printed after each block. */
const MARK = '\u0001end of block\u0001\n';

test.skipIf(missing)(
  `the quick start and the protected API work as pasted${missing}`,
  { timeout: 90_000 },
  async () => {
    const { env } = await databaseFor('sqlite');
    const server = start({ ...env, LOG_LEVEL: 'warn' }, 'serve', '--port', '0');
    const ports = new Map([
      ['4000', new URL(await readyAt(server)).port],
      ['8000', String(await freePort())],
      ['8080', String(await freePort())],
    ]);
    // Other tests use the machine's ports too; all else is as it stands.
    const atOwnPorts = (text: string): string =>
      text
        .replace(/:(4000|8000|8080)\b/g, (_whole, port: string) => `:${ports.get(port)}`)
        .replace(/listen\(8080\b/g, `listen(${ports.get('8080')}`);
    const folder = mkdtempSync(join(tmpdir(), 'readme-'));
    mkdirSync(join(folder, 'data'));
    cpSync(join(ROOT, 'deploy'), join(folder, 'deploy'), { recursive: true });
    const caddyfile = join(folder, 'deploy/caddy/Caddyfile');
    // It listens everywhere, and is asked for at 2019: as little of that as goes, on a machine that others use.
    writeFileSync(
      caddyfile,
      `{\n\tadmin off\n\tauto_https off\n}\n${atOwnPorts(readFileSync(caddyfile, 'utf8'))}`,
    );
    const npm = `npm() { shift 4; '${process.execPath}' '${join(ROOT, 'scripts/keywright.mjs')}' "$@"; }`;
    const steps = [...stepsOf('Quick start'), ...stepsOf('Protect an API in five minutes')];
    expect(steps.length).toBeGreaterThan(7);
    const blocks = steps.map(
      ({ commands }) => `${atOwnPorts(commands)}\nprintf '%s' $'${MARK.replace('\n', '\\n')}'\n`,
    );
    writeFileSync(join(folder, 'readme.sh'), [npm, ...blocks, 'kill $(jobs -p)\n'].join('\n'));
    const bash = spawn('bash', ['--norc', '-euo', 'pipefail', join(folder, 'readme.sh')], {
      cwd: folder,
      env: { ...env, PATH: `${process.env.PATH}:/usr/sbin`, HOME: folder, XDG_DATA_HOME: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    onTestFinished(() => {
      try {
        process.kill(-Number(bash.pid), 'SIGKILL');
      } catch {}
      rmSync(folder, { recursive: true, force: true });
    });
    const written = { stdout: '', stderr: '' };
    bash.stdout.setEncoding('utf8').on('data', (text: string) => {
      written.stdout += text;
    });
    bash.stderr.setEncoding('utf8').on('data', (text: string) => {
      written.stderr += text;
    });
    await once(bash, 'close');
    const outputs = written.stdout.split(MARK);
    for (const [index, { line, output }] of steps.entries()) {
      const at = `the block at line ${line} of README.md`;
      expect(outputs.length, `${at} failed: ${outputs.at(-1)}${written.stderr}`).toBeGreaterThan(index + 1);
      if (output !== null) expect(outputs[index], at).toMatch(outputPattern(output));
    }
    const first = stepsOf('Quick start').length;
    expect(outputs.slice(0, first).join('')).toMatch(
      /"valid":true[\s\S]*"confirmedNodes":1[\s\S]*"code":"REVOKED"/,
    );
    expect(server.stderr()).toBe('');
  },
);
