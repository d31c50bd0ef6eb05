import { type Client, createClient } from 'graphql-ws/client';
import { WebSocket } from 'ws';
import { VerifierUnavailableError } from '../verifier-unavailable-error.ts';
import { type Disconnection, describe, disconnectionOf } from './disconnection.ts';
import { readEvent, type StreamEvent } from './events.ts';
import type { MessageSize } from './message-size.ts';
import { EVENTS } from './operations.ts';
import { operationError, RefusedError } from './refused-error.ts';

/** Where and as whom a connection is opened. */
export interface ConnectionOptions {
  /** URL of the WebSocket. */
  readonly url: string;
  readonly token: () => string | Promise<string>;
  readonly name: string;
  /** Identifies the usage batches of this verifier; null: none yet. */
  readonly writer: string | null;
  readonly size: MessageSize;
  /** How long the server may take to answer, milliseconds. */
  readonly timeoutMs: number;
}

/** What all connections of a verifier have in common. */
export type LinkOptions = Omit<ConnectionOptions, 'writer' | 'size'>;

/** What a connection reports, synchronously. */
export interface ConnectionEvents {
  onEvent(event: StreamEvent): void;
  /** Called once. */
  onEnd(reason: Disconnection): void;
}

/** Larger messages close the connection: 500 keys with all their settings are smaller. */
const MESSAGE_BYTES_MAX = 64 * 1024 * 1024;

/** What a message contains besides the operation. */
const ENVELOPE_BYTES = 80;

/** A connection with its stream of events. It isn't reopened: everything that depends on it ends with it. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #events: ConnectionEvents;
  readonly #client: Client;
  readonly #unsubscribe: () => void;
  #socket: WebSocket | null = null;
  #number = 0;
  #isEnded = false;
  #pingedAt: number | null = null;
  /** Operations without an answer, with the sizes of their messages, bytes. */
  readonly #pending = new Map<(reason: Error) => void, number>();

  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    this.#options = options;
    this.#events = events;
    const { timeoutMs } = options;
    class Socket extends WebSocket {
      constructor(url: string, protocol: string) {
        super(url, protocol, {
          handshakeTimeout: timeoutMs,
          maxPayload: MESSAGE_BYTES_MAX,
          perMessageDeflate: false,
        });
      }
    }
    this.#client = createClient({
      url: options.url,
      webSocketImpl: Socket,
      retryAttempts: 0,
      connectionAckWaitTimeout: timeoutMs,
      connectionParams: async () => ({ authorization: `Bearer ${await options.token()}` }),
      on: {
        opened: (socket) => this.#opened(socket as WebSocket),
        // Before anything that waits for an answer learns of it.
        error: (error) => this.end(disconnectionOf(error)),
        closed: (event) => this.end(disconnectionOf(event)),
      },
    });
    const input = { name: options.name, ...(options.writer !== null && { writer: options.writer }) };
    this.#unsubscribe = this.#client.subscribe(
      { query: EVENTS, variables: { input } },
      {
        next: (result) => this.#receive(result),
        error: (error) => this.end(disconnectionOf(error)),
        complete: () => this.end({ message: 'The server ended the stream', isRejected: false }),
      },
    );
  }

  #opened(socket: WebSocket): void {
    if (this.#isEnded) return socket.terminate();
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('pong', () => {
      this.#pingedAt = null;
    });
  }

  #receive({ data, errors }: { readonly data?: unknown; readonly errors?: unknown }): void {
    if (this.#isEnded) return;
    try {
      if (errors) return this.end(disconnectionOf(errors));
      const event = readEvent(data);
      if (event.number !== this.#number + 1 || (event.number === 1) !== (event.type === 'VerifierWelcome'))
        return this.end({ message: 'The server sent an event out of order', isRejected: false });
      this.#number = event.number;
      this.#events.onEvent(event);
    } catch (error) {
      this.end({ message: describe(error), isRejected: false });
    }
  }

  /** Sends a payload that is not answered. */
  pong(payload: unknown): void {
    const socket = this.#socket;
    if (!this.#isEnded && socket?.readyState === WebSocket.OPEN)
      socket.send(JSON.stringify({ type: 'pong', payload: { verifier: payload } }));
  }

  /** Ends the connection unless the other side reacts in time, although it is silent. Call it repeatedly. */
  probe(): void {
    const now = performance.now();
    if (this.#pingedAt === null) {
      this.#pingedAt = now;
      if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.ping();
    } else if (now - this.#pingedAt > this.#options.timeoutMs)
      this.end({ message: 'The connection no longer responds', isRejected: false });
  }

  /** Runs an operation of this size. Rejects with VerifierUnavailableError if there is no answer with data. */
  query(operation: { query: string; variables: Record<string, unknown> }, bytes: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#isEnded)
        return reject(new VerifierUnavailableError('The connection to the server is closed'));
      let release = (): void => {};
      const settle = (): void => {
        clearTimeout(timer);
        this.#pending.delete(fail);
      };
      const fail = (error: Error): void => {
        settle();
        reject(error);
      };
      const timer = setTimeout(() => {
        release();
        fail(new VerifierUnavailableError('The server did not answer in time'));
      }, this.#options.timeoutMs);
      this.#pending.set(fail, bytes + ENVELOPE_BYTES);
      // Not released after an answer: the server completes the operation, and graphql-ws would count it twice.
      release = this.#client.subscribe(operation, {
        next: ({ data, errors }) => {
          if (errors) return fail(operationError(errors));
          settle();
          resolve(data);
        },
        error: (error) => fail(operationError(error)),
        complete: () => fail(new VerifierUnavailableError('The server did not answer')),
      });
    });
  }

  /** Ends the connection, and whatever waits for it. May be called repeatedly. */
  end(reason: Disconnection): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#events.onEnd(reason);
    const error = new VerifierUnavailableError(`Not connected to the server: ${reason.message}`);
    const { size } = this.#options;
    if (reason.isTooLarge && this.#pending.size > 0) size.refused(Math.max(...this.#pending.values()));
    for (const [fail, bytes] of [...this.#pending])
      fail(reason.isTooLarge && bytes > size.bytes ? new RefusedError(error.message, true) : error);
    // The server need not wait for the lease, which has ended.
    this.#unsubscribe();
    // Closes the socket, and never opens another one.
    Promise.resolve(this.#client.dispose()).catch(() => {});
    const socket = this.#socket;
    // Where the other side doesn't take part in closing.
    if (socket) setTimeout(() => socket.terminate(), this.#options.timeoutMs).unref();
  }
}
