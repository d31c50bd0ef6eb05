import { type ChildProcess, fork, type SendHandle } from 'node:child_process';
import type { Log } from '../core/log.ts';
import type { FromProcess, ToProcess } from './messages.ts';
import { PROCESS_ARGUMENT } from './process-argument.ts';
import { ProcessMeasures } from './process-measures.ts';

/** Delays before a process is replaced, milliseconds: doubled each time, until one has run for a while. */
const RESTART_MS = { first: 100, most: 5_000 };

/** A process that ran for this long starts the delays from the first, milliseconds. */
const STEADY_MS = 10_000;

/**
 * Interval of pings, milliseconds, and how many of them a process may leave unanswered: it is replaced after 10 to 12.5
 * seconds. Counted by this process's timers: a process isn't blamed for the time in which its server hangs.
 */
const PING = { everyMs: 2_500, unansweredMax: 4 };

/** How processes are started. */
export interface ProcessCommand {
  /** The program's entry file. */
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * A verification leaves nothing behind, so halves of 4 MiB of the young generation suffice (default: 16), and the old
 * generation may grow by a quarter of what is in use before it is collected (default: up to four times as much).
 */
const HEAP = ['--max-semi-space-size=4', '--heap-growing-percent=25'];

/** Only one process can use a debugger's port. */
function isShared(option: string): boolean {
  return !option.startsWith('--inspect');
}

interface Owner {
  readonly log: Log;
  /** A message of the current process, with the socket that it sent. */
  received(slot: ProcessSlot, message: FromProcess, socket: object | undefined): void;
  /** The current process has exited, and is replaced unless `stop` was called. */
  exited(slot: ProcessSlot, reason: string): void;
}

/** One of the verification processes: the current process, replaced whenever it exits. */
export class ProcessSlot {
  readonly #command: ProcessCommand;
  readonly #owner: Owner;
  #child: ChildProcess | null = null;
  #timer: NodeJS.Timeout | null = null;
  #startedAt = 0;
  #failures = 0;
  #unanswered = 0;
  #hasSpoken = false;
  #stopping = false;
  #exit: Promise<void> = Promise.resolve();
  /** Whether the current process accepts requests. */
  isListening = false;
  /** How many processes were replaced. */
  restarts = 0;
  readonly measures = new ProcessMeasures();

  constructor(command: ProcessCommand, owner: Owner) {
    this.#command = command;
    this.#owner = owner;
  }

  /** Starts the process. */
  start(): void {
    const { entry, env } = this.#command;
    const child = fork(entry, [PROCESS_ARGUMENT], {
      env,
      serialization: 'advanced',
      execArgv: [...HEAP, ...process.execArgv.filter(isShared)],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child = child;
    this.#startedAt = performance.now();
    this.#unanswered = 0;
    this.#hasSpoken = false;
    const pinging = setInterval(() => this.#ping(), PING.everyMs).unref();
    child.on('message', (message, socket) => {
      this.#unanswered = 0;
      this.#hasSpoken = true;
      this.#owner.received(this, message as FromProcess, socket);
    });
    this.#exit = new Promise((resolve) => {
      let over = false;
      const end = (reason: string) => {
        if (over) return;
        over = true;
        clearInterval(pinging);
        resolve();
        this.#ended(reason);
      };
      child.on('exit', (code, signal) => end(signal ?? `exit code ${code}`));
      // It could not be started or killed; in the latter case, `exit` follows.
      child.on('error', (error) => child.pid === undefined && end(error.message));
    });
  }

  /** Sends a message, with a socket if there is one. The process may have exited. */
  send(message: ToProcess, socket?: object | null): void {
    if (!this.#child?.connected) return;
    this.#child.send(message, (socket ?? undefined) as SendHandle | undefined, () => {});
  }

  /** Stops the process and starts no other. Kills it after `graceMs` milliseconds. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.send({ type: 'stop' });
    const killing = setTimeout(() => this.#child?.kill('SIGKILL'), graceMs);
    await this.#exit;
    clearTimeout(killing);
  }

  #ping(): void {
    // It still loads its program.
    if (!this.#hasSpoken) return;
    if (this.#unanswered >= PING.unansweredMax) this.#child?.kill('SIGKILL');
    this.#unanswered += 1;
    this.send({ type: 'ping' });
  }

  #ended(reason: string): void {
    this.#child = null;
    this.isListening = false;
    this.measures.end();
    this.#owner.exited(this, reason);
    if (this.#stopping) return;
    if (performance.now() - this.#startedAt >= STEADY_MS) this.#failures = 0;
    const delay = Math.min(RESTART_MS.most, RESTART_MS.first * 2 ** this.#failures);
    this.#failures += 1;
    this.restarts += 1;
    this.#timer = setTimeout(() => this.start(), delay);
  }
}
