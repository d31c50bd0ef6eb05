import type { SendHandle } from 'node:child_process';
import type { VerificationCounts } from '../core/measurements.ts';
import { StartError } from '../core/start-error.ts';
import type { FromProcess, Start, ToProcess } from './messages.ts';

/** The server that started this process. */
export interface Parent {
  /** Resolves with what to do, and the socket to listen on (undefined: open one). Null: the server is gone. */
  readonly started: Promise<{ readonly start: Start; readonly socket: object | undefined } | null>;
  /** Resolves when this process must stop: the server says so, or is gone, or a signal arrived. */
  readonly stopped: Promise<void>;
  /** Organizations whose usage the server wants to receive. */
  readonly watched: ReadonlySet<string>;
  /** Whether embedded verifiers are connected to the server. */
  readonly hasVerifiers: boolean;
  /** Whether the channel has closed: the server has exited, however it was ended. */
  readonly isGone: boolean;
  /** Sets what answers the server's question for counts. */
  onMeasure(read: () => VerificationCounts): void;
  /** Sets what receives the answers to `recall`. */
  onRecalled(listener: (keyIds: readonly string[], isRecalled: boolean) => void): void;
  /** Sends a message, with a socket if there is one. Resolves when it was passed on, or can't be. */
  send(message: FromProcess, socket?: object | null): Promise<void>;
  /** Ends the process. Everything that must be complete is complete. */
  leave(): never;
}

/** Connects to the server that started this process. Throws StartError if none did. */
export function parentProcess(): Parent {
  if (!process.send) throw new StartError('Verification processes are started by keywright serve');
  let isGone = false;
  let hasVerifiers = false;
  const watched = new Set<string>();
  let measure = () => {};
  let recalled: Parameters<Parent['onRecalled']>[0] = () => {};
  let begin: (started: Awaited<Parent['started']>) => void = () => {};
  const started: Parent['started'] = new Promise((resolve) => {
    begin = resolve;
  });
  const stopped = new Promise<void>((resolve) => {
    process.on('message', (message, socket) => {
      const received = message as ToProcess;
      if (received.type === 'start') {
        for (const id of received.watched) watched.add(id);
        hasVerifiers = received.hasVerifiers;
        begin({ start: received, socket: socket as object | undefined });
      } else if (received.type === 'watch') watched.add(received.organizationId);
      else if (received.type === 'unwatch') watched.delete(received.organizationId);
      else if (received.type === 'verifiers') hasVerifiers = received.hasVerifiers;
      else if (received.type === 'recalled') recalled(received.keyIds, received.isRecalled);
      else if (received.type === 'measure') measure();
      else if (received.type === 'ping') void send({ type: 'pong' });
      else resolve();
    });
    process.once('disconnect', () => {
      isGone = true;
      begin(null);
      resolve();
    });
    // A terminal sends SIGINT, and systemd SIGTERM, to all processes of a service.
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve());
  });
  const send = (message: FromProcess, socket: object | null = null): Promise<void> =>
    new Promise((resolve) => {
      if (!process.connected) return resolve();
      process.send?.(message, (socket ?? undefined) as SendHandle | undefined, {}, () => resolve());
    });
  void send({ type: 'hello' });
  return {
    started,
    stopped,
    watched,
    get isGone() {
      return isGone;
    },
    get hasVerifiers() {
      return hasVerifiers;
    },
    send,
    onMeasure(read) {
      measure = () => void send({ type: 'measured', counts: read() });
    },
    onRecalled(listener) {
      recalled = listener;
    },
    leave: () => process.exit(),
  };
}
