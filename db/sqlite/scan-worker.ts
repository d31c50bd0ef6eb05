import { type ChildProcess, spawn } from 'node:child_process';
import { UnavailableError } from '../../src/core/errors.ts';
import { sqliteDriverPath } from './driver.ts';
import { sqliteError } from './errors.ts';

/**
 * Source of the child process, as text so that it works the same from sources and in a bundle. A thread waits for the
 * end of the pipe that the parent holds, so the process exits whatever happens to the parent, and whatever it is
 * running.
 */
const PROGRAM = `
'use strict';
const { Worker } = require('node:worker_threads');
const [, driver, path, busyTimeoutMs] = process.argv;
new Worker("require('node:fs').readSync(3, Buffer.alloc(1)); process.kill(process.pid, 'SIGKILL');", { eval: true });
// Answering requests takes priority.
try { require('node:os').setPriority(10); } catch {}
const SQLite = require(driver);
let connection;
const statements = new Map();
function prepare(sql) {
  let statement = statements.get(sql);
  if (statement) return statement;
  if (!connection) {
    connection = new SQLite(path, { readonly: true, timeout: Number(busyTimeoutMs) });
    connection.pragma('trusted_schema = OFF');
    connection.pragma('query_only = ON');
  }
  statement = connection.prepare(sql).raw();
  if (statements.size >= 100) statements.delete(statements.keys().next().value);
  statements.set(sql, statement);
  return statement;
}
process.on('message', ({ sql, parameters }) => {
  try {
    const statement = prepare(sql);
    const columns = statement.columns().map(({ name }) => name);
    process.send({ columns, rows: statement.all(parameters) });
  } catch (error) {
    process.send({ message: error.message, code: error.code });
  }
});
process.send('ready');
`;

/** How long the process may take to start, milliseconds. */
const START_MAX_MS = 20_000;

/** How long the process is kept without work, milliseconds. */
const IDLE_MS = 60_000;

/** Maximum heap size, MiB: results are pages and counts. */
const HEAP_MAX_MB = 128;

export interface ScanWorkerOptions {
  readonly path: string;
  /** How long one read may take, milliseconds. */
  readonly timeLimitMs: number;
  /** How long it waits for a lock, milliseconds. */
  readonly busyTimeoutMs: number;
}

type Row = Record<string, unknown>;
type Answer =
  | 'ready'
  | { readonly columns: readonly string[]; readonly rows: readonly (readonly unknown[])[] }
  | { readonly message: string; readonly code?: string };

interface Running {
  process: ChildProcess;
  readonly sql: string;
  readonly parameters: readonly unknown[];
  resolve(rows: Row[]): void;
  reject(error: unknown): void;
  timer: NodeJS.Timeout;
  /** The process exited for another reason than its time limit, and was started again. */
  isRepeated: boolean;
}

/**
 * Reads a SQLite file in a child process, one read at a time, so that reads don't block this thread and can be aborted:
 * SQLite's driver can't be interrupted, and a terminated thread finishes its read first. The process starts with the
 * first read, exits after a while without one, and never outlives its parent.
 */
export class ScanWorker {
  readonly #options: ScanWorkerOptions;
  #process: ChildProcess | null = null;
  #isReady = false;
  #running: Running | null = null;
  #idleTimer: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(options: ScanWorkerOptions) {
    this.#options = options;
  }

  /** The process's id while it runs. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /**
   * Returns the rows of a read-only statement. Rejects with UnavailableError if it takes too long or the process can't
   * be started, and with SQLite's errors. Must not be called during another read.
   */
  read(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    if (this.#isClosed) return Promise.reject(new UnavailableError('The database is closed'));
    if (this.#idleTimer) clearTimeout(this.#idleTimer);
    return new Promise<Row[]>((resolve, reject) => {
      const process = this.#process ?? this.#start();
      const timer = setTimeout(() => {}, 0);
      this.#running = { process, sql, parameters, resolve, reject, timer, isRepeated: false };
      this.#begin(this.#running);
    });
  }

  /** Terminates the process, and the read that it is running. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#idleTimer) clearTimeout(this.#idleTimer);
    const process = this.#process;
    this.#fail(new UnavailableError('The database is closed'));
    if (!process || process.exitCode !== null || process.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      process.once('exit', () => resolve());
      process.ref();
      process.kill('SIGKILL');
    });
  }

  #begin(running: Running): void {
    const { process } = running;
    process.ref();
    process.channel?.ref();
    clearTimeout(running.timer);
    const limit = this.#isReady ? this.#options.timeLimitMs : START_MAX_MS;
    running.timer = setTimeout(() => this.#end(process), limit);
    if (this.#isReady) process.send({ sql: running.sql, parameters: running.parameters }, () => {});
  }

  #start(): ChildProcess {
    const { path, busyTimeoutMs } = this.#options;
    const flags = [`--max-old-space-size=${HEAP_MAX_MB}`, '--input-type=commonjs'];
    const started = spawn(
      process.execPath,
      [...flags, '-e', PROGRAM, '--', sqliteDriverPath, path, String(busyTimeoutMs)],
      // Passes no environment, because it contains secrets.
      { stdio: ['ignore', 'ignore', 'inherit', 'pipe', 'ipc'], env: {}, windowsHide: true },
    );
    this.#process = started;
    this.#isReady = false;
    // Pipe errors are followed by the exit of the process.
    started.stdio[3]?.on('error', () => {});
    unref(started);
    started.on('message', (answer: Answer) => this.#receive(started, answer));
    started.once('error', () => this.#lost(started));
    started.once('exit', () => this.#lost(started));
    return started;
  }

  #receive(process: ChildProcess, answer: Answer): void {
    if (process !== this.#process) return;
    const running = this.#running;
    if (answer === 'ready') {
      this.#isReady = true;
      if (running) this.#begin(running);
      return;
    }
    if (!running) return;
    this.#finish(running);
    if ('rows' in answer) running.resolve(toRows(answer.columns, answer.rows));
    else running.reject(sqliteError(Object.assign(new Error(answer.message), { code: answer.code })));
  }

  /** Time limit exceeded: kills the process. The next read starts another one. */
  #end(process: ChildProcess): void {
    this.#process = null;
    process.kill('SIGKILL');
    unref(process);
    this.#fail(
      new UnavailableError('The list or report took too long: narrow it down or try again later', 10),
    );
  }

  /** The process exited or was killed by something else. Retries the read once. */
  #lost(process: ChildProcess): void {
    if (process !== this.#process) return;
    this.#process = null;
    const running = this.#running;
    if (!running) return;
    if (running.isRepeated || this.#isClosed)
      return this.#fail(new UnavailableError('The process that reads lists and reports has exited'));
    running.isRepeated = true;
    running.process = this.#start();
    this.#begin(running);
  }

  #fail(error: Error): void {
    const running = this.#running;
    if (!running) return;
    this.#finish(running);
    running.reject(error);
  }

  #finish(running: Running): void {
    clearTimeout(running.timer);
    this.#running = null;
    const process = this.#process;
    if (!process) return;
    unref(process);
    this.#idleTimer = setTimeout(() => {
      if (this.#running || process !== this.#process) return;
      this.#process = null;
      process.kill('SIGKILL');
    }, IDLE_MS).unref();
  }
}

/** Lets this process exit while the child is idle. */
function unref(process: ChildProcess): void {
  process.unref();
  process.channel?.unref();
  (process.stdio[3] as unknown as { unref(): void } | null)?.unref();
}

function toRows(columns: readonly string[], rows: readonly (readonly unknown[])[]): Row[] {
  return rows.map((values) => Object.fromEntries(columns.map((name, index) => [name, values[index]])));
}
