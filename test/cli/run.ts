import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { type Database, type Engine, openDatabase } from '../../db/open.ts';
import { runProgram } from '../../src/cli/program.ts';
import { createTestDatabaseUrl } from '../support/databases.ts';
import { eventually } from '../support/wait.ts';

/** What a command came to. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Verification processes are started only by tests that ask for them. */
const WITHOUT_PROCESSES = { VERIFY_PORT: 'off' };

/** Runs a command in this process. */
export function run(env: Readonly<Record<string, string>>, ...args: string[]): Promise<Ran> {
  return runWith({ env }, ...args);
}

/** Runs a command in this process, with something on standard input. */
export async function runWith(
  { env, stdin = [] }: { env: Readonly<Record<string, string>>; stdin?: readonly (string | Uint8Array)[] },
  ...args: string[]
): Promise<Ran> {
  const written = { stdout: '', stderr: '' };
  const output = (name: keyof typeof written) => ({
    write: (text: string) => {
      written[name] += text;
    },
  });
  const code = await runProgram(args, {
    stdout: output('stdout'),
    stderr: output('stderr'),
    env: { ...WITHOUT_PROCESSES, ...env },
    stdin: () => Readable.from(stdin),
  });
  return { code, ...written };
}

/** A command in a process of its own. */
export interface Child {
  readonly process: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Its exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>;
}

const PROGRAM = join(import.meta.dirname, '../../scripts/keywright.mjs');

/** Starts a command as a user does, with no environment but this. It is ended with the test at the latest. */
export function start(env: Readonly<Record<string, string>>, ...args: string[]): Child {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [PROGRAM, ...args], { env: { PATH, ...WITHOUT_PROCESSES, ...env } });
  const written = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    written.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    written.stderr += text;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { process: child, stdout: () => written.stdout, stderr: () => written.stderr, ended };
}

/** Waits for a command in a process of its own. */
export async function finish(child: Child): Promise<Ran> {
  const code = await child.ended;
  return { code: code ?? -1, stdout: child.stdout(), stderr: child.stderr() };
}

/** Waits until a server says that it is ready, and gives its address. Rejects once it has ended. */
export async function readyAt(child: Child): Promise<string> {
  const ready = () => /^Keywright is ready at (\S+)$/m.exec(child.stdout())?.[1];
  await eventually(() => ready() !== undefined || child.process.exitCode !== null, { timeoutMs: 60_000 });
  const address = ready();
  if (address === undefined) throw new Error(`It ended: ${child.stderr()}`);
  return address;
}

/** A database for one test, and the environment that names it. */
export async function databaseFor(
  engine: Engine,
  options: { empty?: boolean } = {},
): Promise<{ env: { DATABASE_URL: string; LOG_LEVEL: string }; open: () => Promise<Database> }> {
  const { url, drop } = await createTestDatabaseUrl(engine, options);
  const opened: Database[] = [];
  onTestFinished(async () => {
    for (const database of opened) await database.close();
    await drop();
  });
  const open = async () => {
    const database = await openDatabase(url);
    opened.push(database);
    return database;
  };
  return { env: { DATABASE_URL: url, LOG_LEVEL: 'info' }, open };
}
