import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/** Time limit of a response: a benchmark that hangs fails by itself. */
const ANSWER_MAX_MS = 900_000;

const root = fileURLToPath(new URL('..', import.meta.url));

/** The programs of the benchmark, bundled like the server itself. */
export interface Programs {
  readonly folder: string;
  remove(): void;
}

/** The bundled files by program name, and the packages that are resolved next to the bundle. */
export interface Sources {
  readonly files: Readonly<Record<string, string>>;
  /** The `node_modules` in which the programs find these packages. */
  readonly modules?: string;
  readonly external?: readonly string[];
}

/** Bundles programs with the options of scripts/build.mjs. Paths are relative to the repository. */
export async function buildPrograms({
  files,
  modules = 'node_modules',
  external = [],
}: Sources): Promise<Programs> {
  // Inside the repository, so that native addons are found next to the bundle.
  const folder = mkdtempSync(join(root, modules, '.bench-'));
  const bundle = await rolldown({
    input: Object.fromEntries(Object.entries(files).map(([name, path]) => [name, join(root, path)])),
    platform: 'node',
    cwd: root,
    external: ['better-sqlite3', 'pg-native', 'bufferutil', 'utf-8-validate', /^@node-rs\//, ...external],
    resolve: { mainFields: ['module', 'main'] },
    logLevel: 'warn',
  });
  await bundle.write({
    dir: folder,
    format: 'esm',
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name]-[hash].mjs',
  });
  await bundle.close();
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

interface Reply {
  readonly id?: number;
  readonly answer?: unknown;
  readonly failure?: string;
  readonly received?: number;
}

/** A server or client in a separate process, which runs the methods that are called. */
export class Program {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  #id = 0;
  #ending = false;
  /** Called with the number of messages that a client has received. */
  received: (total: number) => void = () => {};

  constructor(programs: Programs, name: string, args: readonly string[] = []) {
    const profile = process.env.BENCH_CPU_PROFILE;
    const profiling = profile && name !== 'client' ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : [];
    this.#child = fork(join(programs.folder, `${name}.mjs`), args, {
      execArgv: ['--expose-gc', ...profiling],
      env: { ...process.env, NODE_ENV: 'production' },
    });
    this.#child.on('message', (reply: Reply) => this.#take(reply));
    this.#child.once('exit', (code) => {
      if (!this.#ending) console.error(`The ${name} exited with ${code}`);
      for (const { reject } of this.#waiting.values()) reject(new Error(`The ${name} has exited`));
    });
  }

  /** Calls a method. Resolves with its result. */
  async ask<T>(what: string, params: object = {}): Promise<T> {
    const id = ++this.#id;
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    const timer = setTimeout(() => this.#take({ id, failure: `No response to ${what}` }), ANSWER_MAX_MS);
    this.#child.send({ id, what, params });
    try {
      return (await answer) as T;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Forwards the number of messages that a client has received. */
  tell(received: number): void {
    this.#child.send({ received });
  }

  async end(): Promise<void> {
    this.#ending = true;
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
  }

  #take({ id, answer, failure, received }: Reply): void {
    if (received !== undefined) return this.received(received);
    const waiting = this.#waiting.get(id ?? 0);
    this.#waiting.delete(id ?? 0);
    if (failure === undefined) waiting?.resolve(answer);
    else waiting?.reject(new Error(failure));
  }
}
