import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { outputPattern, type Step } from './recipes.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Printed after each block, so that what it wrote is told from what the next one writes. */
const MARK = '\u0001end of block\u0001\n';

/** What a document's blocks came to. */
export interface Outcome {
  readonly code: number | null;
  /** What each block wrote that was come to; the last may have failed. */
  readonly outputs: readonly string[];
  readonly stderr: string;
}

/** Runs the blocks as they stand, one after another in one bash, and beside the server. `folder` is removed afterwards. */
export async function runSteps(
  env: Record<string, string>,
  steps: readonly Step[],
  folder = mkdtempSync(join(tmpdir(), 'recipe-')),
): Promise<Outcome> {
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  // As `npm link` would: the command line under its own name.
  mkdirSync(join(folder, 'bin'));
  const program = join(folder, 'bin/keywright');
  writeFileSync(
    program,
    `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'scripts/keywright.mjs')}' "$@"\n`,
  );
  chmodSync(program, 0o755);
  const script = steps.map(({ commands }) => `${commands}\nprintf '%s' $'${MARK.replace('\n', '\\n')}'\n`);
  writeFileSync(join(folder, 'recipe.sh'), script.join(''));
  const bash = spawn('bash', ['--norc', '-euo', 'pipefail', join(folder, 'recipe.sh')], {
    cwd: folder,
    env: { ...env, PATH: `${join(folder, 'bin')}:${process.env.PATH}`, HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: what a failed recipe leaves running is ended with it.
    detached: true,
  });
  onTestFinished(() => {
    try {
      process.kill(-Number(bash.pid), 'SIGKILL');
    } catch {}
  });
  const written = { stdout: '', stderr: '' };
  bash.stdout.setEncoding('utf8').on('data', (text: string) => {
    written.stdout += text;
  });
  bash.stderr.setEncoding('utf8').on('data', (text: string) => {
    written.stderr += text;
  });
  const [code] = (await once(bash, 'close')) as [number | null];
  return { code, outputs: written.stdout.split(MARK), stderr: written.stderr };
}

/** Expects every block of a page to succeed, to print what the page says, and to cause no fault of the server. */
export function expectOutputs(
  page: string,
  steps: readonly Step[],
  { code, outputs, stderr }: Outcome,
  server: { stderr(): string },
): void {
  for (const [index, { line, output }] of steps.entries()) {
    const at = `the block at line ${line} of ${page}`;
    expect(outputs.length, `${at} failed: ${outputs.at(-1)}${stderr}`).toBeGreaterThan(index + 1);
    if (output !== null) expect(outputs[index], at).toMatch(outputPattern(output));
  }
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('error') });
  expect(server.stderr()).toBe('');
}
