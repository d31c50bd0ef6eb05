import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { outputPattern, type Step } from './recipes.ts';
import { eventually } from './wait.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Printed after each block. */
const MARK = '\u0001end of block\u0001';

/** A folder with everything of the repository but the database. It is removed with the test. */
export function cloneFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'clone-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of readdirSync(ROOT))
    if (name !== 'data' && name !== '.git') symlinkSync(join(ROOT, name), join(folder, name));
  mkdirSync(join(folder, 'data'));
  return folder;
}

/** A bash in which blocks of a document are pasted one after another. What still runs in it ends with the test. */
export interface Terminal {
  /** Rejects if a command of the block fails, or if its output isn't what the document says. Gives the output. */
  paste(step: Step): Promise<string>;
  /** Everything written so far. */
  stdout(): string;
  stderr(): string;
}

/** Opens one in a folder. */
export function openTerminal(folder: string, env: Readonly<Record<string, string>>): Terminal {
  const { PATH = '' } = process.env;
  const bash = spawn('bash', ['--norc', '-euo', 'pipefail'], {
    cwd: folder,
    env: { PATH: `${PATH}:/usr/sbin`, HOME: folder, XDG_DATA_HOME: folder, ...env },
    stdio: 'pipe',
    detached: true,
  });
  const ended = once(bash, 'close');
  onTestFinished(async () => {
    try {
      process.kill(-Number(bash.pid), 'SIGKILL');
    } catch {}
    await ended;
  });
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    bash[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
    });
  const paste = async ({ commands, line, output }: Step): Promise<string> => {
    const from = written.stdout.length;
    const seen = () => written.stdout.slice(from);
    bash.stdin.write(`{\n${commands}\n} </dev/null\nprintf '%s' $'${MARK}'\n`);
    await eventually(() => bash.exitCode !== null || seen().includes(MARK), { timeoutMs: 60_000 }).catch(
      () => {},
    );
    if (!seen().includes(MARK))
      throw new Error(`The block at line ${line} failed or hangs: ${seen()}${written.stderr}`);
    const printed = seen().slice(0, seen().indexOf(MARK));
    if (output !== null && !outputPattern(output).test(printed))
      throw new Error(`The block at line ${line} printed ${printed}instead of ${output}`);
    return printed;
  };
  return { paste, stdout: () => written.stdout, stderr: () => written.stderr };
}
