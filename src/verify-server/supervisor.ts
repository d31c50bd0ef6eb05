import { type DatabaseFiles, sqliteFiles } from '../../db/open.ts';
import type { Usage } from '../cluster/usage-groups.ts';
import type { ProcessesMeasures, VerificationProcesses } from '../cluster/verification-processes.ts';
import type { Config } from '../core/config/config.ts';
import type { Log } from '../core/log.ts';
import { StartError } from '../core/start-error.ts';
import { locateLimits } from './limits-file.ts';
import type { FromProcess, ToProcess } from './messages.ts';
import { type ProcessCommand, ProcessSlot } from './process-slot.ts';
import { measuresOf } from './processes-measures.ts';

/** How long a process may take to stop before it is killed, milliseconds: less than the server itself. */
const STOP_GRACE_MS = 8_500;

/** The verification processes of a server. */
export interface VerifyServer extends VerificationProcesses {
  /**
   * Starts the processes. Resolves with their port when all of them accept requests. Rejects with StartError if one
   * can't start; call `stop` then.
   */
  start(): Promise<number>;
  /** Stops accepting connections, and stops the processes. May be called in any state. */
  stop(): Promise<void>;
  /** Removes temporary files. Call when nothing uses the limiter any longer. */
  removeFiles(): void;
}

/**
 * Starts and replaces processes that serve `/verify` on a port of their own, so that nothing that happens in this
 * process can delay a verification. They share one listening socket. This process holds it without accepting
 * connections: while a process is replaced, its port stays taken, and new connections wait.
 */
export function createVerifyServer(
  config: Pick<Config, 'verifyServer' | 'databaseUrl' | 'cluster'>,
  command: ProcessCommand,
  log: Log,
): VerifyServer {
  const limits = locateLimits(config);
  const supervisor = new Supervisor(config.verifyServer.workers, {
    ...{ command, databaseUrl: config.databaseUrl, limitsPath: limits.path, log },
  });
  return {
    limitsPath: limits.path,
    removeFiles: limits.remove,
    get running() {
      return supervisor.running;
    },
    measures: supervisor.measures,
    watch: (organizationId) => supervisor.watch(organizationId),
    onUsage: (listener) => {
      supervisor.onUsage = listener;
    },
    onRecall: (recall) => {
      supervisor.recall = recall;
    },
    expectVerifiers: (any) => supervisor.expectVerifiers(any),
    start: () => supervisor.start(),
    stop: () => supervisor.stop(),
  };
}

/** A listening socket of Node.js below its servers. */
interface Socket {
  close?(): void;
}

interface SupervisorSettings {
  readonly command: ProcessCommand;
  readonly databaseUrl: string;
  readonly limitsPath: string | null;
  readonly log: Log;
}

class Supervisor {
  readonly #databaseUrl: string;
  /** The files that this process uses, as of the start. */
  #files: DatabaseFiles | null = null;
  readonly #limitsPath: string | null;
  readonly #slots: readonly ProcessSlot[];
  readonly measures: ProcessesMeasures;
  readonly #log: Log;
  /** Called with uses and denials that processes send. */
  onUsage: (event: Usage) => void = () => {};
  /** Recalls the slices of a key that embedded verifiers hold. Null: they hold none. */
  recall: (keyId: string) => Promise<boolean> | null = () => null;
  #hasVerifiers = false;
  /** Watched organizations, and by how many. */
  readonly #watched = new Map<string, number>();
  #socket: Socket | null = null;
  /** The process that opens the socket. */
  #opener: ProcessSlot | null = null;
  /** Processes that wait for the socket. */
  readonly #waiting = new Set<ProcessSlot>();
  #starting: { resolve(port: number): void; reject(error: Error): void } | null = null;
  #stopping: Promise<void> | null = null;

  constructor(workers: number, { command, databaseUrl, limitsPath, log }: SupervisorSettings) {
    this.#databaseUrl = databaseUrl;
    this.#log = log;
    this.#limitsPath = limitsPath;
    const owner = {
      log,
      received: this.#received.bind(this),
      exited: this.#exited.bind(this),
    };
    this.#slots = Array.from({ length: workers }, () => new ProcessSlot(command, owner));
    this.measures = measuresOf(this.#slots);
  }

  get running(): number {
    return this.#slots.filter(({ isListening }) => isListening).length;
  }

  watch(organizationId: string): () => void {
    if (this.#watchers(organizationId, 1) === 1) this.#sendAll({ type: 'watch', organizationId });
    let left = false;
    return () => {
      if (left) return;
      left = true;
      if (this.#watchers(organizationId, -1) === 0) this.#sendAll({ type: 'unwatch', organizationId });
    };
  }

  expectVerifiers(any: boolean): void {
    this.#hasVerifiers = any;
    this.#sendAll({ type: 'verifiers', hasVerifiers: any });
  }

  #recall(slot: ProcessSlot, keyIds: readonly string[]): void {
    const answer = (answered: readonly string[], isRecalled: boolean): void =>
      slot.send({ type: 'recalled', keyIds: answered, isRecalled });
    const none = keyIds.filter((keyId) => {
      const recalled = this.recall(keyId);
      void recalled?.then((isRecalled) => answer([keyId], isRecalled));
      return recalled === null;
    });
    if (none.length > 0) answer(none, false);
  }

  /** How many watch an organization after a change of that number. */
  #watchers(organizationId: string, change: number): number {
    const number = (this.#watched.get(organizationId) ?? 0) + change;
    if (number > 0) this.#watched.set(organizationId, number);
    else this.#watched.delete(organizationId);
    return number;
  }

  #sendAll(message: ToProcess): void {
    for (const slot of this.#slots) slot.send(message);
  }

  start(): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.#stopping) return reject(new Error('Stopped while it started'));
      this.#starting = { resolve, reject };
      this.#files = sqliteFiles(this.#databaseUrl);
      for (const slot of this.#slots) slot.start();
    });
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#starting?.reject(new Error('Stopped while it started'));
    this.#starting = null;
    this.#socket?.close?.();
    this.#socket = null;
    await Promise.all(this.#slots.map((slot) => slot.stop(STOP_GRACE_MS)));
  }

  #received(slot: ProcessSlot, message: FromProcess, socket: object | undefined): void {
    if (message.type === 'usage') for (const event of message.events) this.onUsage(event);
    if (message.type === 'recall') this.#recall(slot, message.keyIds);
    if (message.type === 'measured') slot.measures.received(message.counts);
    if (this.#stopping) return;
    if (message.type === 'hello') this.#begin(slot);
    else if (message.type === 'failed') this.#fail(message.message);
    else if (message.type === 'listening') {
      slot.isListening = true;
      if (socket) this.#open(socket);
      if (!this.#slots.every(({ isListening }) => isListening)) return;
      this.#starting?.resolve(message.port);
      this.#starting = null;
    }
  }

  #begin(slot: ProcessSlot): void {
    if (this.#socket) this.#send(slot, this.#socket);
    else if (this.#opener) this.#waiting.add(slot);
    else {
      this.#opener = slot;
      this.#send(slot);
    }
  }

  #open(socket: Socket): void {
    this.#socket = socket;
    for (const slot of this.#waiting) this.#send(slot, socket);
    this.#waiting.clear();
  }

  #send(slot: ProcessSlot, socket: Socket | null = null): void {
    const watched = [...this.#watched.keys()];
    const state = { limitsPath: this.#limitsPath, watched, hasVerifiers: this.#hasVerifiers };
    slot.send({ type: 'start', files: this.#files, ...state }, socket);
  }

  #fail(reason: string): void {
    this.#starting?.reject(new StartError(reason));
    this.#starting = null;
  }

  #exited(slot: ProcessSlot, reason: string): void {
    this.#waiting.delete(slot);
    if (this.#opener === slot) this.#opener = null;
    if (this.#stopping) return;
    if (this.#starting)
      this.#fail(`VERIFY_PORT: a verification process stopped while it started (${reason})`);
    else this.#log.error('A verification process stopped and is being replaced', { code: reason });
  }
}
