import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { now } from '../../../bench/rpc.ts';
import type { VerifierStatus } from '../../../packages/verifier/src/index.ts';
import type { TcpProxy } from '../../support/tcp-proxy.ts';
import type { DrillKey } from '../drill.ts';
import type { History } from './history.ts';
import { readLines } from './lines.ts';

/** How a process presents keys. */
export interface Presenting {
  /** Pause between two verifications of each of `atOnce` clients, milliseconds. */
  readonly everyMs: number;
  readonly atOnce: number;
}

interface Settings extends Presenting {
  readonly program: string;
  /** Where it writes what happens. */
  readonly folder: string;
  readonly url: string;
  readonly token: string;
  readonly history: History;
}

interface Reply {
  readonly id: number;
  readonly answer?: unknown;
  readonly failure?: string;
}

/** An application in a process of its own that embeds a verifier, with a way of its own to its server. */
export class Embedding {
  readonly name: string;
  /** Its way to the server. */
  readonly way: TcpProxy;
  readonly #settings: Settings;
  readonly #waiting = new Map<number, (reply: Reply | null) => void>();
  #live: readonly DrillKey[] = [];
  #child: ChildProcess | null = null;
  #starts = 0;
  #asked = 0;

  constructor(name: string, way: TcpProxy, settings: Settings) {
    this.name = name;
    this.way = way;
    this.#settings = settings;
  }

  /** The name of the process that runs now, or ran last. */
  get process(): string {
    return `${this.name}.${this.#starts}`;
  }

  async start(): Promise<void> {
    const { program, url, token, everyMs, atOnce } = this.#settings;
    this.#starts += 1;
    const child = fork(program, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#child = child;
    child.on('message', (reply: Reply) => this.#waiting.get(reply.id)?.(reply));
    child.once('exit', () => {
      for (const settle of this.#waiting.values()) settle(null);
    });
    await this.#ask('start', { url, token, path: this.#path(), everyMs, atOnce });
    await this.#ask('live', { keys: this.#live });
  }

  /** Presents these keys at random from now on, in later processes too. */
  async live(keys: readonly DrillKey[]): Promise<void> {
    this.#live = keys;
    await this.#ask('live', { keys });
  }

  /** Presents each of these so many times at once, and gives the codes; null if it was killed meanwhile. */
  verify(keys: readonly DrillKey[], times = 1): Promise<string[] | null> {
    return this.#ask<string[]>('verify', { keys, times });
  }

  async watch(keys: readonly DrillKey[]): Promise<void> {
    await this.#ask('watch', { keys });
  }

  status(): Promise<VerifierStatus | null> {
    return this.#ask<VerifierStatus>('status');
  }

  /** Sets its clock forward or back, milliseconds. */
  async jump(ms: number): Promise<void> {
    await this.#ask('jump', { ms });
  }

  /** Blocks its event loop. */
  async block(ms: number): Promise<void> {
    await this.#ask('block', { ms });
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    this.#settings.history.killed.push({ process: this.process, at: now() });
  }

  /** Stops its verifier, which reports its usage, and ends it. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    await this.live([]);
    await this.#ask('stop');
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }

  /** Adds what all of its processes have written to the history. */
  collect(): void {
    for (let start = 1; start <= this.#starts; start += 1)
      readLines(this.#path(start), `${this.name}.${start}`, this.#settings.history);
  }

  #path(start = this.#starts): string {
    return join(this.#settings.folder, `${this.name.replaceAll(' ', '-')}.${start}.jsonl`);
  }

  async #ask<T>(what: string, params: object = {}): Promise<T | null> {
    this.#asked += 1;
    const id = this.#asked;
    const child = this.#child;
    if (!child?.connected) return null;
    const reply = await new Promise<Reply | null>((resolve) => {
      this.#waiting.set(id, resolve);
      child.send({ id, what, params });
    });
    this.#waiting.delete(id);
    if (reply?.failure !== undefined) throw new Error(`${this.process}: ${reply.failure}`);
    return reply === null ? null : (reply.answer as T);
  }
}
