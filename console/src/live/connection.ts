import { createClient, type Client as SocketClient } from 'graphql-ws/client';
import type { SubscriptionForwarder } from 'urql';
import { onWakeUp, untilAwake } from './wake.ts';

/** State of live updates. `caught-up`: shortly after a lost connection was restored. */
export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'caught-up';

/** Missing, rejected or ended credential (docs/live.md). */
const UNAUTHORIZED = 4401;

const PING_MS = 12_000;
const PONG_WITHIN_MS = 5_000;
const CAUGHT_UP_MS = 4_000;
const BACKOFF_MS = [250, 500, 1_000, 2_000, 4_000, 8_000] as const;

/** Callbacks for opened and closed sockets. */
export interface ConnectionListener {
  /** Subscriptions can start. */
  opened(): void;
  /** The server has received everything sent right after the opening. */
  settled(): void;
}

/** A WebSocket that reconnects automatically: after a server restart, a network loss or sleep. */
export class Connection {
  readonly #url: string;
  readonly #signedOut: () => void;
  readonly #listeners = new Set<ConnectionListener>();
  readonly #watchers = new Set<() => void>();
  readonly #end = new AbortController();
  #state: LiveState = 'connecting';
  #client: SocketClient | null = null;
  #ping: () => void = () => {};
  #isOpen = false;
  #isRunning = false;

  constructor(url: string, signedOut: () => void) {
    this.#url = url;
    this.#signedOut = signedOut;
  }

  /** Connects, and reconnects until `stop` or until the session ends. */
  async start(): Promise<void> {
    const ignoreWakeUps = onWakeUp(() => this.#client?.terminate());
    this.#end.signal.addEventListener('abort', ignoreWakeUps);
    this.#isRunning = true;
    await this.#run();
    this.#isRunning = false;
    ignoreWakeUps();
  }

  /** Connects again with the session that the browser has now. */
  resume(): void {
    if (this.#isRunning) this.#client?.terminate();
    else void this.start();
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#end.signal.aborted; ) {
      const { code, wasOpen } = await this.#connectOnce();
      failures = wasOpen ? 0 : failures + 1;
      this.#show('reconnecting');
      if (code === UNAUTHORIZED) return this.#signedOut();
      const base = BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)] ?? 0;
      await untilAwake(base * (0.75 + Math.random() / 2), this.#end.signal);
    }
  }

  /** Closes the socket permanently. */
  stop(): void {
    this.#end.abort();
    void this.#client?.dispose();
  }

  get state(): LiveState {
    return this.#state;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Calls back on every change of `state`, until the returned function is called. */
  readonly watch = (changed: () => void): (() => void) => {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  };

  /** Notifies the listener of every opening, including the current one immediately. */
  listen(listener: ConnectionListener): () => void {
    this.#listeners.add(listener);
    if (this.#isOpen) {
      listener.opened();
      this.#ping();
    }
    return () => this.#listeners.delete(listener);
  }

  /** Transport of urql's subscriptions. Without a socket they fail immediately. */
  readonly forward: SubscriptionForwarder = ({ query = '', variables = {} }) => ({
    subscribe: (sink) => {
      const client = this.#client;
      if (!client || !this.#isOpen) {
        queueMicrotask(() => sink.error(new Error('There is no connection')));
        return { unsubscribe: () => {} };
      }
      // biome-ignore lint/suspicious/noExplicitAny: urql matches results with their operations.
      return { unsubscribe: client.subscribe<any>({ query, variables }, sink as any) };
    },
  });

  #connectOnce(): Promise<{ code: number; wasOpen: boolean }> {
    return new Promise((resolve) => {
      let wasOpen = false;
      let unanswered: ReturnType<typeof setTimeout> | undefined;
      const client = createClient({
        url: this.#url,
        lazy: false,
        // The loop of `start` reconnects, and subscriptions resume with newer cursors.
        retryAttempts: 0,
        keepAlive: PING_MS,
        onNonLazyError: () => {},
        on: {
          connected: (socket) => {
            wasOpen = true;
            // After subscriptions started in the meantime, which are sent in microtasks.
            this.#ping = () => void setTimeout(() => send(socket as WebSocket, { type: 'ping' }));
            this.#opened();
          },
          ping: (received) => {
            if (!received) unanswered = setTimeout(() => client.terminate(), PONG_WITHIN_MS);
          },
          pong: (received) => {
            clearTimeout(unanswered);
            if (received) this.#settled();
          },
          closed: (event) => {
            clearTimeout(unanswered);
            this.#isOpen = false;
            resolve({ code: (event as CloseEvent).code, wasOpen });
          },
        },
      });
      this.#client = client;
    });
  }

  #opened(): void {
    this.#isOpen = true;
    for (const listener of this.#listeners) listener.opened();
    this.#ping();
  }

  #settled(): void {
    for (const listener of this.#listeners) listener.settled();
    if (this.#state === 'connecting') this.#show('live');
    if (this.#state !== 'reconnecting') return;
    this.#show('caught-up');
    setTimeout(() => {
      if (this.#state === 'caught-up') this.#show('live');
    }, CAUGHT_UP_MS);
  }

  #show(state: LiveState): void {
    if (this.#state === state) return;
    this.#state = state;
    for (const changed of this.#watchers) changed();
  }
}

function send(socket: WebSocket, message: object): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}
