import { once } from 'node:events';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { onTestFinished } from 'vitest';
import { type ClientOptions, type RawData, WebSocket } from 'ws';
import type { App } from '../../src/app.ts';
import { eventually } from './wait.ts';

/** A message of the protocol, as it came. */
export interface LiveMessage {
  readonly type: string;
  readonly id?: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into payloads of every shape.
  readonly payload?: any;
}

/** How a socket ended. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** A bare client of graphql-transport-ws: says what it is told to, and keeps everything it hears. */
export class LiveSocket {
  readonly socket: WebSocket;
  readonly messages: LiveMessage[] = [];
  readonly closed: Promise<Closed>;
  #last = 0;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: RawData) => {
      this.messages.push(JSON.parse(data.toString()) as LiveMessage);
    });
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });
  }

  send(message: object | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Says who it is, and waits until it is let in. */
  async init(token: string): Promise<void> {
    this.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
    await eventually(() => this.messages.some(({ type }) => type === 'connection_ack'));
  }

  /** Starts an operation. */
  subscribe(query: string, variables: Record<string, unknown> = {}): Operation {
    this.#last += 1;
    const id = String(this.#last);
    this.send({ type: 'subscribe', id, payload: { query, variables } });
    return new Operation(this, id);
  }

  /** Resolves when the server has handled everything sent so far, as far as that takes no waiting. */
  async ping(): Promise<void> {
    this.#last += 1;
    const payload = { number: this.#last };
    this.send({ type: 'ping', payload });
    await eventually(() => this.messages.some((one) => one.payload?.number === payload.number));
  }

  async close(): Promise<void> {
    this.socket.close(1000);
    await this.closed;
  }
}

/** One operation of a socket. */
export class Operation {
  readonly id: string;
  readonly #socket: LiveSocket;

  constructor(socket: LiveSocket, id: string) {
    this.#socket = socket;
    this.id = id;
  }

  get messages(): LiveMessage[] {
    return this.#socket.messages.filter(({ id }) => id === this.id);
  }

  /** The values of the one field, in the order in which they came. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events of every shape.
  get events(): any[] {
    return this.messages
      .filter(({ type }) => type === 'next')
      .map(({ payload }) => Object.values(payload.data ?? { errors: payload.errors })[0]);
  }

  /** The errors that ended it. */
  get errors(): { message: string; extensions: Record<string, unknown> }[] | undefined {
    return this.messages.find(({ type }) => type === 'error')?.payload;
  }

  get completed(): boolean {
    return this.messages.some(({ type }) => type === 'complete');
  }

  /** Waits for so many events. */
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  async received(count: number, options?: { timeoutMs?: number }): Promise<any[]> {
    await eventually(() => this.events.length >= count, options);
    return this.events;
  }

  /** Waits for the error that ends it, and gives its code. */
  async failed(): Promise<unknown> {
    await eventually(() => this.errors);
    return this.errors?.[0]?.extensions.code;
  }

  complete(): void {
    this.#socket.send({ type: 'complete', id: this.id });
  }
}

/** A server that listens, in this process or in another. */
interface Server {
  readonly url: string;
  readonly app?: App;
}

/** Opens a socket; it is cut with the test at the latest. Rejects where the server refuses the handshake. */
export async function openLiveSocket(
  server: Server,
  options: ClientOptions & { protocols?: string[] } = {},
): Promise<LiveSocket> {
  const { protocols = [GRAPHQL_TRANSPORT_WS_PROTOCOL], ...rest } = options;
  const sockets = server.app?.liveServer.sockets;
  const before = sockets?.size ?? 0;
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, protocols, rest);
  onTestFinished(async () => {
    socket.terminate();
    await eventually(() => !sockets || sockets.size <= before);
  });
  const live = new LiveSocket(socket);
  await once(socket, 'open');
  return live;
}

/** Waits until so many subscriptions of the server have begun to get what happens. */
export async function areLive({ app }: { readonly app: App }, count: number): Promise<void> {
  await eventually(() => app.liveServer.subscriptions.counts.live === count);
}

/** A socket of somebody who is let in. */
export async function connectLive(server: Server, token: string): Promise<LiveSocket> {
  const live = await openLiveSocket(server);
  await live.init(token);
  return live;
}
